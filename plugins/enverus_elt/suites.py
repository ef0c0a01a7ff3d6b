"""Expectation suites: ``include/expectations/<dataset>.json``, the part that follows from the catalog and the rest.

The file is Great Expectations' own form of a suite. Expectations with ``meta.generated`` are the catalog's and
written anew by ``enverus suite write``; all others are somebody's and stay as they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from enverus_elt.catalog import Column, Dataset, LoadMode
from enverus_elt.errors import CatalogError
from enverus_elt.paths import EXPECTATIONS

Expectation = dict[str, Any]


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
    """Write the generated part anew, and the hand-written part as it was behind it."""
    path = suite_path(dataset, folder)
    by_hand = [e for e in read(dataset, folder)["expectations"] if not _is_generated(e)] if path.exists() else []
    suite = {"name": dataset.id, "expectations": [*generated(dataset), *by_hand]}
    path.write_text(json.dumps(suite, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


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


def generated(dataset: Dataset) -> list[Expectation]:
    """The expectations that follow from the catalog, in the order of its columns."""
    return [*_table(dataset), *(e for column in dataset.columns for e in _column(dataset, column))]


def _table(dataset: Dataset) -> Iterator[Expectation]:
    names = ["load_batch_id", "row_no", "row_hash", *(dataset.field_columns[f] for f in dataset.fields), "extra"]
    yield _expect("expect_table_columns_to_match_ordered_list", "critical", column_list=names)
    if dataset.load.mode is LoadMode.SNAPSHOT:
        yield _expect("expect_table_row_count_to_be_between", "critical", min_value=1)


def _column(dataset: Dataset, column: Column) -> Iterator[Expectation]:
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


def _expect(kind: str, severity: str, **kwargs: Any) -> Expectation:
    return {"type": kind, "severity": severity, "kwargs": kwargs, "meta": {"generated": True}}


def _is_generated(expectation: Expectation) -> bool:
    return bool((expectation.get("meta") or {}).get("generated"))
