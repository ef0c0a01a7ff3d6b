"""GeoParquet as others read it: GeoPandas, Arrow and DuckDB; and a digest that only content changes."""

import datetime
import decimal
import json
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from enverus_elt.errors import DeliveryError
from enverus_elt.formats import geoparquet
from enverus_elt.formats.geoparquet import GeoParquetWriter, Written

SCHEMA = pa.schema([
    ("name", pa.string()), ("royalty", pa.decimal128(9, 2)), ("signed", pa.timestamp("ms")), ("day", pa.date32()),
    ("federal", pa.bool_()), ("geometry", pa.binary()),
])  # fmt: skip
SHAPES = ["POINT (1 2)", None, "POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))", "POLYGON EMPTY", "MULTIPOINT ((5 6), (7 8))"]


def batch(shapes: list[str | None] = SHAPES) -> pa.RecordBatch:
    number = len(shapes)
    columns = [
        ["x", None, "é", "", "y"][:number],
        [decimal.Decimal("1.20"), None, None, decimal.Decimal("-3.00"), None][:number],
        [datetime.datetime(2020, 1, 1), None, None, None, None][:number],  # noqa: DTZ001 - a column without zone
        [datetime.date(1954, 10, 13), None, None, None, None][:number],
        [True, False, None, True, None][:number],
        [None if shape is None else shapely.from_wkt(shape).wkb for shape in shapes],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def write(path: Path, *batches: pa.RecordBatch, crs: int | None = 4267, oriented: bool = False) -> Written:
    with GeoParquetWriter(path, SCHEMA, CRS.from_epsg(crs) if crs else None, oriented=oriented) as writer:
        for item in batches:
            writer.write(item)
    assert writer.written is not None
    return writer.written


def metadata(path: Path) -> dict[str, object]:
    found = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert (found["version"], found["primary_column"]) == ("1.1.0", "geometry")
    return dict(found["columns"]["geometry"])


def test_its_metadata_is_what_version_1_1_asks_for(folder: Path) -> None:
    written = write(folder / "a.parquet", batch(), oriented=True)
    facts = metadata(folder / "a.parquet")
    assert facts.pop("crs") == CRS.from_epsg(4267).to_json_dict()
    assert facts == {
        "encoding": "WKB",
        "geometry_types": ["MultiPoint", "Point", "Polygon", "Polygon Z"],
        "edges": "planar",
        "orientation": "counterclockwise",
        "bbox": [0.0, 0.0, 7.0, 8.0],
        "covering": {"bbox": {corner: ["bbox", corner] for corner in ("xmin", "ymin", "xmax", "ymax")}},
    }
    assert (written.rows, written.bounds) == (5, (0.0, 0.0, 7.0, 8.0))


def test_geopandas_reads_all_of_it(folder: Path) -> None:
    write(folder / "a.parquet", batch())
    frame = gpd.read_parquet(folder / "a.parquet")
    assert frame.crs.to_epsg() == 4267
    assert [None if shape is None else shape.wkt for shape in frame.geometry] == SHAPES
    assert list(frame.drop(columns="geometry").columns) == ["name", "royalty", "signed", "day", "federal"]
    assert frame["royalty"].tolist()[0] == decimal.Decimal("1.20")
    near = gpd.read_parquet(folder / "a.parquet", bbox=(4, 5, 6, 7))  # by the covering column
    assert near["name"].tolist() == ["y"]


def test_duckdb_reads_it_and_its_boxes(folder: Path) -> None:
    write(folder / "a.parquet", batch())
    connection = duckdb.connect(config={"autoload_known_extensions": "false"})
    found = connection.execute(
        "SELECT name, royalty, bbox.xmin, bbox.ymax FROM read_parquet(?) WHERE bbox.xmax >= 5",
        [str(folder / "a.parquet")],
    ).fetchall()
    assert found == [("y", None, 5.0, 8.0)]


def test_row_groups_have_boxes_that_readers_skip_them_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoparquet, "GROUP_ROWS", 2)
    written = write(folder / "a.parquet", batch())
    file = pq.ParquetFile(folder / "a.parquet")
    assert file.metadata.num_row_groups == 3
    assert written.boxes == ((1.0, 2.0, 1.0, 2.0), (0.0, 0.0, 1.0, 1.0), (5.0, 6.0, 7.0, 8.0))
    names = [file.metadata.row_group(0).column(number).path_in_schema for number in range(file.metadata.num_columns)]
    for group, box in enumerate(written.boxes):
        statistics = [
            file.metadata.row_group(group).column(names.index(f"bbox.{c}")).statistics for c in ("xmin", "ymax")
        ]
        assert (statistics[0].min, statistics[1].max) == (box[0], box[3])


def test_the_digest_is_of_the_content(folder: Path) -> None:
    whole = write(folder / "a.parquet", batch()).content_sha256
    pieces = write(folder / "b.parquet", batch().slice(0, 1), batch().slice(1, 3), batch().slice(4)).content_sha256
    assert whole == pieces
    others = [
        write(folder / "c.parquet", batch(), crs=4326),
        write(folder / "d.parquet", batch(), crs=None),
        write(folder / "e.parquet", batch().slice(1), batch().slice(0, 1)),
        write(folder / "f.parquet", batch([*SHAPES[:4], "MULTIPOINT ((5 6), (7 8.0000000001))"])),
        write(folder / "g.parquet", batch(SHAPES[:4])),
    ]
    assert len({whole, *(other.content_sha256 for other in others)}) == 6


def test_a_text_that_moves_to_its_neighbour_is_other_content(folder: Path) -> None:
    schema = pa.schema([("name", pa.string()), ("geometry", pa.binary())])
    digests = set()
    for number, names in enumerate((["ab", "c"], ["a", "bc"], ["abc", ""], ["abc", None], [None, "abc"])):
        with GeoParquetWriter(folder / f"{number}.parquet", schema, None) as writer:
            writer.write(pa.record_batch([pa.array(names), pa.array([None, None], pa.binary())], schema=schema))
        assert writer.written is not None
        digests.add(writer.written.content_sha256)
    assert len(digests) == 5


def test_an_error_leaves_no_file(folder: Path) -> None:
    def break_off() -> None:
        with GeoParquetWriter(folder / "a.parquet", SCHEMA, None) as writer:
            writer.write(batch())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert list(folder.iterdir()) == []


def test_m_values_are_refused(folder: Path) -> None:
    with pytest.raises(DeliveryError, match="GeoParquet has no M values"):
        write(folder / "a.parquet", batch(["POINT M (1 2 3)"]))
    assert list(folder.iterdir()) == []


def test_nothing_at_all_is_a_file_too(folder: Path) -> None:
    written = write(folder / "a.parquet")
    assert (written.rows, written.bounds, metadata(folder / "a.parquet")["geometry_types"]) == (0, None, [])
    assert len(gpd.read_parquet(folder / "a.parquet")) == 0


def test_a_batch_larger_than_a_row_group_is_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoparquet, "GROUP_ROWS", 2)
    write(folder / "a.parquet", *[batch()] * 2)
    groups = pq.read_metadata(folder / "a.parquet")
    assert max(groups.row_group(number).num_rows for number in range(groups.num_row_groups)) <= 3
    assert np.all(pq.read_table(folder / "a.parquet").column("name").to_pylist()[:3] == ["x", None, "é"])
