"""Every type that a column of a delivered file may have, through PostgreSQL's binary COPY and back."""

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from enverus_elt.errors import DeliveryError
from enverus_elt.lake.workshop import Workshop
from tests.services.making import build
from tests.services.vector_files import delivered

FILE = delivered("a.parquet", "geoparquet")
KEPT = {
    "flag": pa.array([True, None, False]),
    "tiny": pa.array([1, None, -128], pa.int8()),
    "small": pa.array([1, None, -(2**15)], pa.int16()),
    "whole": pa.array([1, None, -(2**31)], pa.int32()),
    "big": pa.array([2**63 - 1, None, -(2**63)], pa.int64()),
    "byte": pa.array([255, None, 0], pa.uint8()),
    "word": pa.array([2**16 - 1, None, 0], pa.uint16()),
    "unsigned": pa.array([2**32 - 1, None, 0], pa.uint32()),
    "single": pa.array([1.5, None, -0.25], pa.float32()),
    "double": pa.array([1e308, None, float("-inf")]),
    "price": pa.array([decimal.Decimal("12.30"), None, decimal.Decimal("-0.01")], pa.decimal128(10, 2)),
    "long_price": pa.array(
        [decimal.Decimal("9" * 28 + ".0123456789"), None, decimal.Decimal(0)], pa.decimal128(38, 10)
    ),
    "day": pa.array([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)]),
    "at": pa.array([dt.datetime(1960, 2, 29, 1, 2, 3, 4), None, dt.datetime(2100, 1, 1)]),  # noqa: DTZ001
    "at_utc": pa.array([dt.datetime(2024, 5, 1, tzinfo=dt.UTC), None, None], pa.timestamp("ms", "UTC")),
    "hour": pa.array([dt.time(23, 59, 59, 999), None, None], pa.time64("us")),
    "second": pa.array([dt.time(23, 59, 59), None, None], pa.time32("ms")),
    "raw": pa.array([b"\x00\xff", None, b""]),
    "text": pa.array(["\N{SNOWMAN}\t\n\\N", None, ""]),
    "nothing": pa.array([None, None, None], pa.string()),
}
BECOME: dict[str, tuple[pa.Array, list[Any]]] = {
    "huge": (pa.array([2**64 - 1, None, 0], pa.uint64()), [decimal.Decimal(2**64 - 1), None, decimal.Decimal(0)]),
    "code": (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
    "tags": (pa.array([["a", "b"], None, []]), ['["a", "b"]', None, "[]"]),
    "pair": (pa.array([{"a": 1}, None, {"a": None}]), ['{"a": 1}', None, '{"a": null}']),
    "long": (pa.array(["x", None, "y"], pa.large_string()), ["x", None, "y"]),
}


def file_with(path: Path, columns: dict[str, pa.Array]) -> Path:
    frame = gpd.GeoDataFrame({"id": [1, 2, 3]}, geometry=[shapely.Point(1, 2)] * 3, crs=4326)
    frame.to_parquet(path)
    table = pq.read_table(path)
    for name, values in columns.items():
        table = table.append_column(name, values)
    pq.write_table(table, path)
    return path


def test_types_stay_or_become_what_they_can(shop: Workshop, tmp_path: Path) -> None:
    path = file_with(tmp_path / "in.parquet", KEPT | {name: values for name, (values, _) in BECOME.items()})
    (asset,) = build(shop, path, FILE)
    found = pq.read_table(asset.path).sort_by("id")
    for name, values in KEPT.items():
        column = found.column(name)
        assert (name, column.type, column.to_pylist()) == (name, values.type, values.to_pylist())
    for name, (_, wanted) in BECOME.items():
        assert (name, found.column(name).to_pylist()) == (name, wanted)
    assert {column.name: column.type for column in asset.columns}["price"] == "decimal128(10, 2)"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pa.array([1, 2, 3], pa.duration("s")), "column 'odd' is of type duration"),
        (pa.array([0, 1, 2], pa.timestamp("ns")), r"row 2, column 'odd': the value does not fit timestamp\[us\]"),
        (pa.array(["a", "b\x00", "c"]), "row 2, column 'odd': text with a NUL character cannot be stored"),
    ],
)
def test_what_cannot_be_kept_is_refused(shop: Workshop, tmp_path: Path, values: pa.Array, message: str) -> None:
    path = file_with(tmp_path / "in.parquet", {"odd": values})
    with pytest.raises(DeliveryError, match=rf"^a\.parquet: {message}"):
        build(shop, path, FILE)
