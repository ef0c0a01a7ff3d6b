"""Every vector format that a partner may hand in, read back feature by feature; and what each of them can get wrong."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.reference_systems import code_of
from enverus_elt.formats.vector import open_layers, open_vector
from enverus_elt.formats.vector_layer import VectorLayer
from tests.services.vector_files import delivered, geodatabase, leases, same_shapes, shapefile, zipped


def rows(layer: VectorLayer) -> pa.Table:
    return pa.Table.from_batches(layer.batches(), layer.schema)


def values(layer: VectorLayer, *names: str) -> list[tuple[Any, ...]]:
    table = rows(layer)
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def written(folder: Path, name: str, frame: gpd.GeoDataFrame, **options: Any) -> Path:
    pyogrio.write_dataframe(frame, folder / name, **options)
    return folder / name


MAKERS: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "shapefile": ("leases.zip", lambda folder: shapefile(folder, leases()), "EPSG:4267"),
    "geopackage": ("leases.gpkg", lambda folder: written(folder, "leases.gpkg", leases()), "EPSG:4267"),
    "geojson": ("leases.geojson", lambda folder: written(folder, "leases.geojson", leases("EPSG:4326")), "EPSG:4326"),
    "filegdb": ("leases.gdb.zip", lambda folder: geodatabase(folder, leases()), "EPSG:4267"),
}


@pytest.mark.parametrize("file_format", MAKERS)
def test_each_format_comes_out_feature_by_feature(folder: Path, file_format: str) -> None:
    name, make, crs = MAKERS[file_format]
    layer = open_vector(make(folder), delivered(name, file_format))
    assert layer.crs is not None
    assert code_of(layer.crs) == crs
    assert (layer.count, [column.name for column in layer.columns][1:3]) == (3, ["acres", "wells"])
    lease = layer.columns[0]
    assert lease.name in {"lease_number", "lease_numb"}  # a Shapefile's names have ten letters
    table = rows(layer)
    assert table.column(lease.name).to_pylist() == ["G 01234", "Größe ½", None]
    assert table.column("acres").to_pylist() == [5760.25, None, 0.0]
    assert table.column("wells").to_pylist() == [3, None, 2**40]
    wanted, grid = leases().geometry.to_numpy(), 0.0
    if file_format == "filegdb":  # keeps multis, and coordinates as whole numbers
        wanted, grid = [shape and shapely.MultiPolygon([shape]) for shape in wanted], 1e-8
    assert same_shapes(shapely.from_wkb(table.column("geometry").to_numpy()), wanted, grid)


def test_flatgeobuf_and_geoparquet_too(folder: Path) -> None:
    placed = leases().iloc[:2]
    path = written(folder, "leases.fgb", placed, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    layer = open_vector(path, delivered("leases.fgb", "flatgeobuf"))
    assert values(layer, "lease_number", "acres") == [("G 01234", 5760.25), ("Größe ½", None)]
    leases().to_parquet(folder / "leases.parquet", write_covering_bbox=True)
    layer = open_vector(folder / "leases.parquet", delivered("leases.parquet", "geoparquet"))
    assert layer.crs is not None
    assert code_of(layer.crs) == "EPSG:4267"
    assert [column.name for column in layer.columns] == ["lease_number", "acres", "wells", "signed"]  # no bbox
    assert same_shapes(shapely.from_wkb(rows(layer).column("geometry").to_numpy()), leases().geometry.to_numpy())


def test_headers_become_names_and_are_kept_beside_them(folder: Path) -> None:
    frame = leases().rename(columns={"acres": "Geometry", "wells": "LEASE_NUMBER", "signed": "2nd date"})
    frame = frame.rename_geometry("shape")
    layer = open_vector(written(folder, "a.gpkg", frame), delivered("a.gpkg", "geopackage"))
    assert [(column.source, column.name) for column in layer.columns] == [
        ("Lease Number", "lease_number"), ("Geometry", "geometry_2"), ("LEASE_NUMBER", "lease_number_2"),
        ("2nd date", "c_2nd_date"),
    ]  # fmt: skip


def test_several_layers_are_all_there_or_one_is_named(folder: Path) -> None:
    path = written(folder, "a.gpkg", leases(), layer="leases")
    pyogrio.write_dataframe(leases().iloc[:1], path, layer="first")
    pyogrio.write_dataframe(pd.DataFrame({"code": [1]}), path, layer="codes")
    assert [(layer.name, layer.count) for layer in open_layers(path, delivered("a.gpkg", "geopackage"))] == [
        ("leases", 3), ("first", 1)
    ]  # fmt: skip
    assert open_vector(path, delivered("a.gpkg", "geopackage", layer="first")).count == 1
    with pytest.raises(DeliveryError, match=r"a\.gpkg: has 2 layers: say which .* 'leases', 'first'"):
        open_vector(path, delivered("a.gpkg", "geopackage"))
    with pytest.raises(DeliveryError, match=r"there is no layer 'wells'; there are 'leases', 'first'"):
        open_vector(path, delivered("a.gpkg", "geopackage", layer="wells"))


def test_a_geodatabase_may_be_packed_without_its_folder(folder: Path) -> None:
    path = geodatabase(folder, leases(), inside="")
    assert open_vector(path, delivered("leases.gdb.zip", "filegdb")).count == 3


# --- Shapefiles: parts, encodings, reference system ---------------------------------------------------------------


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_missing_part_is_named(folder: Path, part: str) -> None:
    path = shapefile(folder, leases(), leave_out=[part])
    message = "there is no .shp" if part == ".shp" else f"leases.shp has no {part} beside it"
    with pytest.raises(DeliveryError, match=message):
        open_vector(path, delivered("leases.zip", "shapefile"))


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_part_that_is_cut_short_is_named(folder: Path, part: str) -> None:
    def cut(parts: Path) -> None:
        whole = (parts / f"leases{part}").read_bytes()
        (parts / f"leases{part}").write_bytes(whole[:-20])

    with pytest.raises(DeliveryError, match=rf"leases\{part} has [\d,]+ bytes of [\d,]+: it is cut short"):
        open_vector(shapefile(folder, leases(), edit=cut), delivered("leases.zip", "shapefile"))


def test_more_shapes_than_rows_are_noticed(folder: Path) -> None:
    def lose_a_row(parts: Path) -> None:
        table = bytearray((parts / "leases.dbf").read_bytes())
        struct.pack_into("<I", table, 4, 2)
        (parts / "leases.dbf").write_bytes(bytes(table))

    with pytest.raises(DeliveryError, match=r"has 3 shapes, its \.dbf 2 rows: it is not complete"):
        open_vector(shapefile(folder, leases(), edit=lose_a_row), delivered("leases.zip", "shapefile"))


def test_deleted_rows_stay_deleted(folder: Path) -> None:
    def delete(parts: Path) -> None:
        table = bytearray((parts / "leases.dbf").read_bytes())
        start, length = struct.unpack("<HH", table[8:12])
        table[start + length] = ord("*")
        (parts / "leases.dbf").write_bytes(bytes(table))

    layer = open_vector(shapefile(folder, leases(), edit=delete), delivered("leases.zip", "shapefile"))
    assert layer.count == 2
    assert rows(layer).column(0).to_pylist() == ["G 01234", None]


@pytest.mark.parametrize(
    ("encoding", "has_cpg", "in_manifest", "says"),
    [
        ("utf-8", True, None, "its .cpg"),
        ("cp1252", True, None, "its .cpg"),
        ("cp1252", True, "utf-8", "its .cpg"),  # the file knows better
        ("cp1252", False, "cp1252", "the manifest"),
        ("utf-8", False, None, "nobody"),
    ],
)
def test_text_is_decoded_by_whoever_says_how(
    folder: Path, encoding: str, has_cpg: bool, in_manifest: str | None, says: str
) -> None:
    leave_out = [] if has_cpg else [".cpg"]
    path = shapefile(folder, leases(), encoding=encoding, leave_out=leave_out)
    layer = open_vector(path, delivered("leases.zip", "shapefile", encoding=in_manifest))
    assert rows(layer).column(0).to_pylist() == ["G 01234", "Größe ½", None]
    assert (layer.facts["encoding"], layer.facts["encoding_from"]) == (encoding, says)


def test_text_that_nobody_can_decode_is_named_with_its_row(folder: Path) -> None:
    path = shapefile(folder, leases(), encoding="CP1252", leave_out=[".cpg"])
    layer = open_vector(path, delivered("leases.zip", "shapefile"))
    with pytest.raises(DeliveryError, match=r"leases\.zip: row 2, column 'Lease Numb': the text is not utf-8: give"):
        rows(layer)


def test_a_language_driver_counts_where_there_is_no_cpg(folder: Path) -> None:
    def say_dos(parts: Path) -> None:
        table = bytearray((parts / "leases.dbf").read_bytes())
        table[29] = 0x02
        (parts / "leases.dbf").write_bytes(bytes(table))

    path = shapefile(folder, leases(), encoding="CP850", leave_out=[".cpg"], edit=say_dos)
    layer = open_vector(path, delivered("leases.zip", "shapefile", encoding="cp1252"))
    assert rows(layer).column(0).to_pylist()[1] == "Größe ½"
    assert layer.facts["encoding_from"] == "its .dbf"


def test_an_encoding_that_is_none_is_refused(folder: Path) -> None:
    path = shapefile(folder, leases(), edit=lambda parts: (parts / "leases.cpg").write_text("klingon"))
    with pytest.raises(DeliveryError, match=r"its \.cpg names the encoding 'klingon', which is none"):
        open_vector(path, delivered("leases.zip", "shapefile"))


def test_a_shapefile_without_prj_says_no_reference_system(folder: Path) -> None:
    layer = open_vector(shapefile(folder, leases(), leave_out=[".prj"]), delivered("leases.zip", "shapefile"))
    assert layer.crs is None


def test_a_plant_grid_has_no_place_on_earth(folder: Path) -> None:
    grid = 'LOCAL_CS["Plant grid",UNIT["metre",1]]'
    path = shapefile(folder, leases(), edit=lambda parts: (parts / "leases.prj").write_text(grid))
    with pytest.raises(DeliveryError, match="'Plant grid' is Engineering CRS, which has no place on Earth"):
        open_vector(path, delivered("leases.zip", "shapefile"))


# --- What a file is not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file_format", "body"),
    [
        ("geojson", b"<OGRVRTDataSource/>"),
        ("kml", b'<?xml version="1.0"?><OGRVRTDataSource><OGRVRTLayer name="passwd"/></OGRVRTDataSource>'),
        ("geopackage", b"PK\x03\x04"),
        ("shapefile", b"\x00\x00\x27\x0a"),
        ("flatgeobuf", b"{}"),
        ("geoparquet", b""),
    ],
)
def test_what_is_something_else_is_refused_before_gdal_sees_it(folder: Path, file_format: str, body: bytes) -> None:
    (folder / "file").write_bytes(body)
    with pytest.raises(DeliveryError, match=rf"^file: (is no {file_format}|is XML, but no KML)"):
        open_layers(folder / "file", delivered("file", file_format))


def test_sqlite_alone_is_no_geopackage(folder: Path) -> None:
    path = written(folder, "wells.sqlite", leases(), driver="SQLite")
    with pytest.raises(DeliveryError, match=r"its content is SQLite, not GPKG"):
        open_vector(path, delivered("wells.sqlite", "geopackage"))


ENDINGS = {"geopackage": "gpkg", "geojson": "geojson", "flatgeobuf": "fgb", "geoparquet": "parquet"}


@pytest.mark.parametrize("file_format", ENDINGS)
def test_half_a_file_is_refused(folder: Path, file_format: str) -> None:
    frame, name = leases("EPSG:4326").iloc[:2], f"half.{ENDINGS[file_format]}"
    drivers = {"geopackage": "GPKG", "geojson": "GeoJSON", "flatgeobuf": "FlatGeobuf"}
    if file_format in drivers:
        pyogrio.write_dataframe(frame, folder / name, driver=drivers[file_format])
    else:
        frame.to_parquet(folder / name)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(DeliveryError, match=r"^half\."):
        rows(open_vector(folder / name, delivered(name, file_format)))


def test_plain_parquet_is_no_geoparquet(folder: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), folder / "a.parquet")
    with pytest.raises(DeliveryError, match="has no GeoParquet metadata"):
        open_vector(folder / "a.parquet", delivered("a.parquet", "geoparquet"))


def test_a_kmz_is_an_archive_that_is_checked_like_any_other(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
        archive.writestr("../evil.kml", "<kml/>")
    with pytest.raises(DeliveryError, match=r"entry '\.\./evil\.kml' does not stay inside"):
        open_vector(folder / "a.kmz", delivered("a.kmz", "kmz"))
    zipped(folder / "b.kmz", _with(folder / "two", {"a.kml": "<kml/>", "b.kml": "<kml/>"}))
    with pytest.raises(DeliveryError, match=r"holds one KML, or one called doc\.kml; this one holds 2"):
        open_vector(folder / "b.kmz", delivered("b.kmz", "kmz"))


def _with(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
