"""Expectation suites: ``include/expectations/<dataset>.json``, the part that follows from the catalog and the rest.

The file is Great Expectations' own form of a suite. Expectations with ``meta.generated`` are the catalog's and
written anew by ``enverus suite write``; all others are somebody's and stay as they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from enverus_elt.catalog import Column, Dataset, Geometry, GeometryType, LoadMode, Relationship, Repair, table_name
from enverus_elt.errors import CatalogError
from enverus_elt.paths import EXPECTATIONS

Expectation = dict[str, Any]

# Arguments that name columns, of Great Expectations' own expectations and of the project's.
NAMING = ("column", "column_A", "column_B", "column_list", "column_set", "key", "match", "other", "point")
COORDINATES = ("latitude", "longitude")


def suite_path(dataset: Dataset, folder: Path = EXPECTATIONS) -> Path:
    """The dataset's suite."""
    return folder / f"{dataset.id}.json"


def read(dataset: Dataset, folder: Path = EXPECTATIONS) -> dict[str, Any]:
    """The suite as a dictionary."""
    path = suite_path(dataset, folder)
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogError(f"{path.name}: the file is missing: run 'enverus suite write {dataset.id}'") from error
    except ValueError as error:
        raise CatalogError(f"{path.name}: not JSON: {error}") from error
    if not isinstance(suite, dict) or not isinstance(suite.get("expectations"), list):
        raise CatalogError(f"{path.name}: a suite is an object with a list of expectations")
    for item in suite["expectations"]:
        if not isinstance(item, dict) or not isinstance(item.get("meta") or {}, dict):
            raise CatalogError(f"{path.name}: an expectation is an object, and so is its meta: {item!r}")
    return suite


def write(dataset: Dataset, folder: Path = EXPECTATIONS) -> Path:
    """Write the suite with its generated part anew."""
    path = suite_path(dataset, folder)
    path.write_text(renewed(dataset, folder), encoding="utf-8")
    return path


def renewed(dataset: Dataset, folder: Path = EXPECTATIONS) -> str:
    """The file's text with the generated part anew, and the hand-written part as it was behind it."""
    path = suite_path(dataset, folder)
    by_hand = [e for e in read(dataset, folder)["expectations"] if not _is_generated(e)] if path.exists() else []
    suite = {"name": dataset.id, "expectations": [*generated(dataset), *by_hand]}
    return json.dumps(suite, indent=2, ensure_ascii=False) + "\n"


def stale_reason(dataset: Dataset, folder: Path = EXPECTATIONS) -> str | None:
    """What is wrong with the file and what to do, beginning with its name; None where it is as the catalog asks."""
    try:
        suite = read(dataset, folder)
    except CatalogError as error:
        return str(error)
    if [e for e in suite["expectations"] if _is_generated(e)] != generated(dataset):
        name = suite_path(dataset, folder).name
        return f"{name}: the generated part is not what the catalog says: run 'enverus suite write {dataset.id}'"
    return None


def unknown_columns(dataset: Dataset, suite: dict[str, Any]) -> Iterator[str]:
    """A line for each expectation that names a column which the staged table does not have."""
    known = _types(dataset).keys()
    for number, expectation in enumerate(suite["expectations"], start=1):
        if strangers := sorted(set(_columns_of(expectation.get("kwargs"))) - known):
            where = f"{suite['name']}.json: expectation {number}, {expectation.get('type')}"
            yield f"{where}: no column of the dataset: {', '.join(strangers)}"


def _columns_of(kwargs: Any) -> Iterator[str]:
    """The columns that an expectation names, and those by which it selects rows: ``{"column": {"name": …}}``."""
    for name, value in kwargs.items() if isinstance(kwargs, dict) else ():
        if name in NAMING + COORDINATES:
            yield from [value] if isinstance(value, str) else map(str, value or ())
        elif name == "row_condition" and isinstance(value, dict):
            parts = [value, *value.get("conditions", ())]
            yield from (part["column"]["name"] for part in parts if "column" in part)


def generated(dataset: Dataset) -> list[Expectation]:
    """The expectations that follow from the catalog: about the table, its columns, and its geometries."""
    return [
        *_table(dataset),
        *(e for column in dataset.columns for e in _column(column)),
        *(e for geometry in dataset.geometry for e in _geometry(geometry)),
        *(_reference(relationship) for relationship in dataset.relationships),
    ]


def _table(dataset: Dataset) -> Iterator[Expectation]:
    types = _types(dataset)
    yield _expect("expect_table_columns_to_match_ordered_list", "critical", column_list=list(types))
    # Lengths, precision, SRID and two dimensions are of the type: the server has held every row to them.
    yield _expect("expect_table_columns_to_have_types", "critical", types=types)
    if dataset.load.mode is LoadMode.SNAPSHOT:
        yield _expect("expect_table_row_count_to_be_between", "critical", min_value=1)
    # Never critical: merge takes the newest row of a key and counts the others. That a row changed while its window
    # was read is nothing to ask anybody about. A snapshot however was counted before and after it was read, so one
    # row too many is another one missed, which would then be taken for deleted.
    severity = "warning" if dataset.load.mode is LoadMode.SNAPSHOT else "info"
    key = list(dataset.load.key)
    yield _expect("expect_column_keys_to_be_unique", severity, column=key[0], key=key)


def _types(dataset: Dataset) -> dict[str, str]:
    """The columns of the staged table, in their order."""
    columns = {column.name: column.type for column in dataset.columns}
    # Staging takes any geometry, so that one of another type is set aside by name instead of refused with its batch.
    shapes = {geometry.name: f"geometry({geometry.staged_typmod})" for geometry in dataset.geometry}
    return {"load_batch_id": "bigint", "row_no": "bigint", "row_hash": "uuid", **columns, **shapes, "extra": "jsonb"}


def _column(column: Column) -> Iterator[Expectation]:
    if not column.nullable:
        yield _expect("expect_column_values_to_not_be_null", "critical", column=column.name)
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": column.minimum, "max_value": column.maximum}
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        yield _expect("expect_column_values_to_be_between", "warning", column=column.name, **given)
    if column.values is not None:
        yield _expect("expect_column_values_to_be_in_set", "warning", column=column.name, value_set=list(column.values))
    if column.pattern is not None:
        yield _expect("expect_column_values_to_match_regex", "warning", column=column.name, regex=column.pattern)


def _geometry(geometry: Geometry) -> Iterator[Expectation]:
    name, extent = geometry.name, geometry.extent
    if not geometry.nullable:
        yield _expect("expect_column_values_to_not_be_null", "critical", column=name)
    # Critical: core refuses another type, and staging has set aside all that lies outside.
    types = [geometry.type.value, *([geometry.type.removeprefix("Multi")] if geometry.multi else [])]
    yield _expect("expect_column_geometries_to_be_of_type", "critical", column=name, types=types)
    if extent:
        yield _expect("expect_column_geometries_to_lie_within", "critical", column=name, extent=list(extent))
    if not extent or (extent[0] <= 0 <= extent[2] and extent[1] <= 0 <= extent[3]):  # else 0/0 lies outside anyway
        yield _expect("expect_column_geometries_to_not_lie_at_zero", "warning", column=name)
    if geometry.type is not GeometryType.POINT:  # any point is valid
        yield _validity(geometry)
    if pair := geometry.coordinates:
        yield _expect("expect_column_points_to_match_coordinates", "warning", column=name, **pair.model_dump())
    if start := geometry.starts_at:
        yield _expect("expect_column_lines_to_start_at_point", "warning", column=name, **start.model_dump())


def _validity(geometry: Geometry) -> Expectation:
    kind = "expect_column_geometries_to_be_valid"
    if geometry.repair is Repair.QUARANTINE:  # staging has set them aside, and core would refuse them
        return _expect(kind, "critical", column=geometry.name)
    if geometry.repair is Repair.MAKE_VALID:  # merge mends them; too many to mend are another matter
        return _expect(kind, "warning", column=geometry.name, mostly=0.95)
    return _expect(kind, "warning", column=geometry.name)


def _reference(relationship: Relationship) -> Expectation:
    arguments = {
        "column": relationship.columns[0],
        "refers_to": f"core.{table_name(relationship.refers_to)}",
        "match": dict(zip(relationship.columns, relationship.to, strict=True)),
        "mostly": round(1 - relationship.most_unknown, 6),
    }
    return _expect("expect_column_values_to_refer_to_known_rows", relationship.severity, **arguments)


def _expect(kind: str, severity: str, **kwargs: Any) -> Expectation:
    return {"type": kind, "severity": severity, "kwargs": kwargs, "meta": {"generated": True}}


def _is_generated(expectation: Expectation) -> bool:
    return bool((expectation.get("meta") or {}).get("generated"))
