"""Rows of a version of the lake: typed, complete, and what cannot be meant is refused with the file's name."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from enverus_elt.catalog import Dataset
from enverus_elt.errors import EvidenceError, SourceError
from enverus_elt.sources.arrow_values import plain_values
from enverus_elt.sources.base import FaultyRow, Row, Window
from enverus_elt.sources.geoparquet import geometry_ids
from enverus_elt.steps.csv_rows import RowEncoder
from tests.unit.lake_files import FOUND, PUBLISHED, WKT, layer, lines, lines_from, opened

EVERYTHING = Window(None, FOUND)
COLUMNS: dict[str, Any] = {"pipename": ["A", "B", None], "state": ["ACT", "OUT", None]}


@pytest.fixture
def path(folder: Path) -> Path:
    return layer(folder / "lines.parquet", COLUMNS)


def rows_of(path: Path, dataset: Dataset, **ledger: Any) -> list[Row]:
    return [row for page in opened(path, dataset, **ledger).pages(EVERYTHING) for row in page.rows]


def encoded(path: Path, dataset: Dataset, **ledger: Any) -> Iterator[tuple[str, str]]:
    """Digest and line of each row."""
    encoder = RowEncoder(dataset)
    for page in opened(path, dataset, **ledger).pages(EVERYTHING):
        lines_, rejects = encoder.encode(page)
        assert rejects == []
        yield from ((line.split(",")[1], line) for line in lines_)


def test_a_row_has_the_files_values_the_versions_stamps_and_the_catalogs_constants(path: Path) -> None:
    first, second, third = rows_of(path, lines())
    assert first == {
        "pipename": "A",
        "state": "active",
        "commodity": "crude_oil",
        "diameter_in": None,
        "geometry": shapely.to_wkb(shapely.from_wkt(WKT[0]), hex=True).lower(),
        "lake:geometry_id": first["lake:geometry_id"],
        "lake:version": 3,
        "lake:published_at": PUBLISHED.isoformat(),
    }
    assert (second["state"], third["state"], third["pipename"]) == ("idle", None, None)


def test_boxes_for_readers_in_a_hurry_are_no_field(path: Path) -> None:
    assert "bbox" in pq.read_schema(path).names
    assert "bbox" not in rows_of(path, lines())[0]


def test_pages_are_small_and_the_count_is_the_footers(path: Path) -> None:
    source = opened(path, lines())
    assert [len(page.rows) for page in source.pages(EVERYTHING)] == [2, 1]
    assert source.count(EVERYTHING) == 3
    assert source.now() == FOUND
    assert (source.origin.version, source.origin.asset) == (3, "lines.parquet")


def test_a_plain_table_is_a_source_too(folder: Path) -> None:
    path = folder / "table.parquet"
    pq.write_table(pa.table({"line_id": [1, 2]}), path)
    columns = [
        {"name": "line_id", "source": "line_id", "type": "bigint", "nullable": False},
        {"name": "published_at", "source": "lake:published_at", "type": "timestamptz", "nullable": False},
    ]
    table = lines(columns=columns, geometry=[], source={"kind": "file", "dataset": "partner-table"})
    assert [row["line_id"] for row in rows_of(path, table)] == [1, 2]


# What a version says does not change a row


def test_a_row_that_the_next_version_repeats_has_the_same_digest(path: Path) -> None:
    first = list(encoded(path, lines(), version=3))
    again = list(encoded(path, lines(), version=4))
    assert [digest for digest, _ in first] == [digest for digest, _ in again]
    assert [line for _, line in first] != [line for _, line in again]
    layer(path, COLUMNS | {"pipename": ["A", "changed", None]})
    changed = [digest for digest, _ in encoded(path, lines(), version=4)]
    assert [old == new for (old, _), new in zip(first, changed, strict=True)] == [True, False, True]


def test_a_constant_and_a_code_that_the_catalog_changes_change_the_rows(path: Path) -> None:
    before = [digest for digest, _ in encoded(path, lines())]
    constants = lines_from(constants={"commodity": "ngl", "diameter_in": None})
    codes = lines_from(codes={"state": {"ACT": "active", "OUT": "removed"}})
    assert all(new != old for (new, _), old in zip(encoded(path, constants), before, strict=True))
    kept = [new == old for (new, _), old in zip(encoded(path, codes), before, strict=True)]
    assert kept == [True, False, True]


def test_the_header_and_every_line_have_the_stamps_behind_what_is_the_rows_own(path: Path) -> None:
    encoder = RowEncoder(lines())
    assert encoder.columns[:5] == ("row_no", "row_hash", "extra", "lake_version", "published_at")
    (page, _) = opened(path, lines()).pages(EVERYTHING)
    (line, _), _ = encoder.encode(page)
    assert line.split(",")[3:5] == ["3", PUBLISHED.isoformat()]
    assert len(line.split(",")) == len(encoder.columns)
    assert (encoder.absent, encoder.unknown) == (set(), set())


def test_fields_that_the_catalog_does_not_know_are_kept_raw(folder: Path) -> None:
    path = layer(folder / "more.parquet", COLUMNS | {"shape_leng": [1.5, 2.5, 3.5]})
    encoder = RowEncoder(lines())
    page, *_ = opened(path, lines()).pages(EVERYTHING)
    (line, _), _ = encoder.encode(page)
    assert encoder.unknown == {"shape_leng"}
    assert '"{""shape_leng"":1.5}",3,' in line


# Codes


def test_a_value_without_a_code_sets_its_row_aside_and_says_which_field(folder: Path) -> None:
    path = layer(folder / "codes.parquet", COLUMNS | {"state": ["ACT", "GONE", "OUT"]})
    rows = rows_of(path, lines())
    assert [isinstance(row, FaultyRow) for row in rows] == [False, True, False]
    encoder = RowEncoder(lines())
    rejects = [r for page in opened(path, lines()).pages(EVERYTHING) for r in encoder.encode(page)[1]]
    (reject,) = rejects
    assert (reject.column, reject.raw["state"]) == ("state", "GONE")
    assert reject.reason == "the catalog's source.codes do not name the value"
    assert reject.natural_key == (rows[1]["lake:geometry_id"],)
    assert reject.changed == PUBLISHED.isoformat()
    assert (encoder.rows, encoder.rejected) == (2, 1)


def test_codes_are_of_whatever_type_the_file_has(folder: Path) -> None:
    path = layer(folder / "numbers.parquet", COLUMNS | {"state": pa.array([1, 2, None], pa.int16())})
    dataset = lines_from(codes={"state": {"1": "active", "2": "idle"}})
    assert [row["state"] for row in rows_of(path, dataset)] == ["active", "idle", None]


# Ids of geometries


def ids(*wkt: str | None) -> list[str | None]:
    return geometry_ids(pa.array([None if text is None else shapely.from_wkt(text).wkb for text in wkt], pa.binary()))


def test_an_id_is_the_shapes_alone() -> None:
    line, reversed_, lifted, near, far = ids(
        "LINESTRING (-90 28, -91 29)",
        "LINESTRING (-91 29, -90 28)",
        "LINESTRING Z (-90 28 5, -91 29 7)",
        "LINESTRING (-90.00000001 28, -91 29)",
        "LINESTRING (-90.000001 28, -91 29)",
    )
    assert line == reversed_ == lifted == near != far
    assert line is not None
    assert len(line) == 32
    assert len(set(ids(*WKT))) == 3


def test_the_order_of_parts_and_the_start_of_a_ring_do_not_matter() -> None:
    one, other = ids("MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", "MULTILINESTRING ((3 3, 2 2), (0 0, 1 1))")
    assert one == other
    one, other = ids("POLYGON ((0 0, 1 0, 1 1, 0 0))", "POLYGON ((1 1, 1 0, 0 0, 1 1))")
    assert one == other
    assert ids("POINT (0 0)") == ids("POINT (-0.0 0)")


def test_what_is_empty_or_missing_has_no_id() -> None:
    assert ids(None, "LINESTRING EMPTY") == [None, None]
    assert geometry_ids(pa.array([b"no geometry"])) == [None]


def test_a_multi_of_one_part_is_that_part_where_the_catalog_wants_one(folder: Path) -> None:
    wkt = ("MULTIPOINT ((-90 28))", "MULTIPOINT ((-90 28), (-91 29))", None)
    path = layer(folder / "points.parquet", COLUMNS, wkt)
    points = lines(geometry=[{"name": "geom_point", "source": "geometry", "type": "Point"}])
    found = [row["geometry"] and shapely.from_wkb(row["geometry"]).wkt for row in rows_of(path, points)]
    assert found == ["POINT (-90 28)", "MULTIPOINT ((-90 28), (-91 29))", None]
    multis = lines(geometry=[{"name": "geom_line", "source": "geometry", "type": "MultiLineString"}])
    assert shapely.from_wkb(rows_of(path, multis)[0]["geometry"]).wkt == "MULTIPOINT ((-90 28))"


# Values


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([date(2026, 1, 2), None]), ["2026-01-02", None]),
        (pa.array([datetime(2026, 1, 2, 3, 4, 5, 6)]), ["2026-01-02T03:04:05.000006"]),  # noqa: DTZ001
        (pa.array([1], pa.timestamp("ns", "UTC")), ["1970-01-01T00:00:00+00:00"]),
        (pa.array([datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-6)))]), ["2026-01-02T00:00:00-06:00"]),
        (pa.array([Decimal("1.10"), None]), ["1.10", None]),
        (pa.array([b"\x00\xff"]), ["\\x00ff"]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([[1, 2], None]), [[1, 2], None]),
        (pa.array([True, None]), [True, None]),
        (pa.array([timedelta(seconds=90)]), ["0:01:30"]),
    ],
    ids=str,
)
def test_arrow_values_become_those_of_json(array: pa.Array, values: list[Any]) -> None:
    assert plain_values(array) == values


def test_numbers_that_are_none_are_set_aside(folder: Path) -> None:
    path = layer(folder / "nan.parquet", COLUMNS | {"depth": [1.0, float("nan"), None]})
    encoder = RowEncoder(lines())
    rejects = [r for page in opened(path, lines()).pages(EVERYTHING) for r in encoder.encode(page)[1]]
    assert [(r.column, r.reason) for r in rejects] == [("depth", "nan where a number belongs")]


# Refusals


def test_a_file_that_is_not_parquet_is_refused(folder: Path) -> None:
    (folder / "lines.parquet").write_bytes(b"PAR1 it says")
    with pytest.raises(SourceError, match=r"test-lines: lines\.parquet of partner-lines v3: not a Parquet file"):
        opened(folder / "lines.parquet", lines(), rows=3)


def test_a_file_with_other_rows_than_the_ledger_says_is_refused(path: Path) -> None:
    with pytest.raises(EvidenceError, match="holds 3 rows, and 4 by the lake's ledger"):
        opened(path, lines(), rows=4)


def test_a_field_that_is_constant_by_the_catalog_and_there_in_the_file_is_refused(folder: Path) -> None:
    path = layer(folder / "lines.parquet", COLUMNS | {"commodity": ["x", "y", "z"]})
    with pytest.raises(SourceError, match=r"has the fields commodity: take them out of source\.constants"):
        opened(path, lines())


@pytest.mark.parametrize("crs", ["EPSG:4267", "EPSG:32615"])
def test_a_layer_in_another_reference_system_is_refused(folder: Path, crs: str) -> None:
    path = layer(folder / "lines.parquet", COLUMNS, crs=crs)
    with pytest.raises(SourceError, match=r"geometry is in .*, and geom_line wants EPSG:4326: deliver it"):
        opened(path, lines())


def test_a_layer_whose_reference_system_nobody_knows_is_refused(folder: Path) -> None:
    path = layer(folder / "lines.parquet", COLUMNS, crs=None)
    with pytest.raises(SourceError, match="nobody knows its reference system"):
        opened(path, lines())


@pytest.mark.parametrize("crs", ["EPSG:4326", "OGC:CRS84"])
def test_both_names_of_wgs_84_will_do(folder: Path, crs: str) -> None:
    assert opened(layer(folder / "lines.parquet", COLUMNS, crs=crs), lines()).count(EVERYTHING) == 3


def test_a_table_where_a_layer_is_needed_is_refused(folder: Path) -> None:
    path = folder / "table.parquet"
    pq.write_table(pa.table({"pipename": ["A"], "geometry": ["LINESTRING (0 0, 1 1)"]}), path)
    with pytest.raises(SourceError, match=r"has no geometry that lake:geometry_id could be made of"):
        opened(path, lines())
    keyed = [{**column, "source": "pipename"} if column["name"] == "line_id" else column for column in _columns()]
    keyed = [column for column in keyed if column["name"] != "name"]
    with pytest.raises(SourceError, match="geometry is no geometry, and geom_line needs one"):
        opened(path, lines(columns=keyed))


def _columns() -> list[dict[str, Any]]:
    return [column.model_dump(exclude_none=True) for column in lines().columns]


def test_metadata_that_are_none_are_refused(folder: Path) -> None:
    path = folder / "lines.parquet"
    for geo in (b"[]", b"{", b'{"columns": {}}'):
        pq.write_table(pa.table({"pipename": ["A"]}).replace_schema_metadata({"geo": geo}), path)
        with pytest.raises(SourceError, match="its GeoParquet metadata are none"):
            opened(path, lines())


def test_the_clock_stands_still_at_the_look_up(path: Path) -> None:
    source = opened(path, lines())
    assert source.now() == source.now() == FOUND
    assert FOUND.tzinfo is UTC
