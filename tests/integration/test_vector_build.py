"""Delivered vector files → GeoParquet by way of PostGIS, read back by others and compared with what was handed in."""

import json
import struct
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from enverus_elt.deliveries.manifest import GeometryColumns
from enverus_elt.deliveries.recipes import load_recipe
from enverus_elt.errors import DeliveryError
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.workshop import Workshop
from sandbox.paths import REPOSITORY
from tests.services.making import build
from tests.services.vector_files import delivered, leases, same_shapes, shapefile

BOEM = REPOSITORY / "sandbox" / "data" / "boem_active_leases_gom_20180501.shp.zip"
USUAL = [{"step": step.step, **step.model_dump(exclude={"step"})} for step in load_recipe("ingest_vector").steps]

# What EPSG says NAD27 to WGS 84 (84) is, for the outer continental shelf of the Gulf of Mexico.
GULF = """+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3
+step +proj=cart +ellps=clrk66 +step +proj=helmert +x=-7 +y=158 +z=172 +step +inv +proj=cart +ellps=WGS84
+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"""


def read(asset: BuiltAsset) -> gpd.GeoDataFrame:
    return gpd.read_parquet(asset.path)


def steps_of(asset: BuiltAsset) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in asset.facts["steps"]}


def test_real_leases_feature_by_feature(shop: Workshop) -> None:
    """NAD27 as delivered, without any step: every value and every vertex is there, only in another order."""
    (asset,) = build(shop, BOEM, delivered(BOEM.name, "shapefile"))
    source = pyogrio.read_dataframe(BOEM, use_arrow=True).sort_values("LEASE_NUMB", ignore_index=True)
    found = read(asset).sort_values("lease_numb", ignore_index=True)
    assert (asset.rows, asset.crs, len(found), len(asset.columns)) == (2591, "EPSG:4267", 2591, 31)
    assert same_shapes(found.geometry.to_numpy(), source.geometry.to_numpy())
    for column in asset.columns:
        mine, theirs = found[column.name], source[column.source]
        assert (mine.isna() == theirs.isna()).all(), column.name
        assert (mine.dropna().to_numpy() == theirs.dropna().to_numpy()).all(), column.name
    assert asset.facts["crs"] == {"name": "NAD27", "code": "EPSG:4267", "from": "file"}
    assert asset.facts["features"]["types"] == {"MultiPolygon": 8, "Polygon": 2583}


def test_the_usual_recipe_on_real_leases(shop: Workshop) -> None:
    """NAD27 to WGS 84 by one operation that is named; where each vertex went is held against PROJ itself."""
    (asset,) = build(shop, BOEM, delivered(BOEM.name, "shapefile"), *USUAL)
    steps = steps_of(asset)
    assert (steps["reproject"]["operation"], steps["reproject"]["accuracy_m"]) == ("NAD27 to WGS 84 (84)", 8.0)
    assert (steps["reproject"]["in"], steps["reproject"]["out"], steps["reproject"]["changed"]) == (2591, 2591, 2591)
    assert steps["multi"]["changed"] == 2583
    found = read(asset).sort_values("lease_numb", ignore_index=True)
    assert found.crs.to_epsg() == 4326
    assert set(found.geom_type) == {"MultiPolygon"}
    source = pyogrio.read_dataframe(BOEM).sort_values("LEASE_NUMB", ignore_index=True)
    transformer = Transformer.from_pipeline(GULF)
    moved = shapely.transform(source.geometry.to_numpy(), transformer.transform, interleaved=False)
    apart = shapely.hausdorff_distance(found.geometry.to_numpy(), moved)
    assert apart.max() < 1e-9


def test_it_is_sorted_in_space_and_says_what_it_covers(shop: Workshop) -> None:
    (asset,) = build(shop, BOEM, delivered(BOEM.name, "shapefile"), {"step": "reproject", "srid": 4326})
    found = read(asset)
    order = shapely.get_coordinates(shapely.centroid(found.geometry.to_numpy()))
    steps = np.hypot(*np.diff(order, axis=0).T)
    assert np.median(steps) < 0.2  # neighbours in the file are neighbours in the Gulf, which is 11 degrees wide
    assert asset.bbox == pytest.approx(tuple(found.total_bounds), abs=1e-9)
    assert asset.footprint is not None
    footprint = shapely.from_wkb(asset.footprint)
    assert footprint.geom_type == "MultiPolygon"
    assert footprint.contains(shapely.union_all(found.geometry.to_numpy()))
    covering = found.geometry.bounds
    boxes = pq.read_table(asset.path, columns=["bbox"]).column("bbox").combine_chunks().flatten()
    assert np.allclose(np.column_stack([part.to_numpy() for part in boxes]), covering.to_numpy())


def test_rings_run_as_the_metadata_says(shop: Workshop) -> None:
    (asset,) = build(shop, BOEM, delivered(BOEM.name, "shapefile"))
    geo = json.loads(pq.read_metadata(asset.path).metadata[b"geo"])
    assert geo["columns"]["geometry"]["orientation"] == "counterclockwise"
    rings = shapely.get_exterior_ring(shapely.get_parts(read(asset).geometry.to_numpy()))
    assert shapely.is_ccw(rings).all()


def test_duckdb_counts_the_same(shop: Workshop) -> None:
    (asset,) = build(shop, BOEM, delivered(BOEM.name, "shapefile"), *USUAL)
    connection = duckdb.connect(config={"autoload_known_extensions": "false"})
    found = connection.execute(
        "SELECT count(*), count(DISTINCT lease_numb), min(bbox.xmin), max(bbox.ymax) FROM read_parquet(?)",
        [str(asset.path)],
    ).fetchone()
    assert asset.bbox is not None
    assert found == (2591, 2591, pytest.approx(asset.bbox[0]), pytest.approx(asset.bbox[3]))


def test_the_same_again_and_in_another_order_is_the_same_content(shop: Workshop, tmp_path: Path) -> None:
    frame = pyogrio.read_dataframe(BOEM)
    digests = []
    for name, rows in (("a", frame), ("b", frame.iloc[::-1]), ("c", frame.iloc[:-1])):
        pyogrio.write_dataframe(rows, tmp_path / f"{name}.gpkg")
        (asset,) = build(shop, tmp_path / f"{name}.gpkg", delivered("leases.gpkg", "geopackage"))
        digests.append(asset.content_sha256)
        asset.path.unlink()
    assert digests[0] == digests[1] != digests[2]


def test_rows_without_geometry_stay_and_are_counted(shop: Workshop, tmp_path: Path) -> None:
    pyogrio.write_dataframe(leases(), tmp_path / "a.gpkg")
    (asset,) = build(shop, tmp_path / "a.gpkg", delivered("a.gpkg", "geopackage"), *USUAL)
    assert (asset.rows, asset.facts["features"]["without_geometry"]) == (3, 1)
    found = read(asset).sort_values("lease_number", ignore_index=True)
    assert found.geometry.isna().tolist() == [False, False, True]
    assert found["wells"].tolist()[0] == 3


def test_a_missing_prj_needs_the_manifest(shop: Workshop, tmp_path: Path) -> None:
    path = shapefile(tmp_path, leases(), leave_out=[".prj"])
    with pytest.raises(DeliveryError, match=r"leases\.zip: the file does not say what reference system"):
        build(shop, path, delivered("leases.zip", "shapefile"))
    (asset,) = build(shop, path, delivered("leases.zip", "shapefile", crs="EPSG:4267"), *USUAL)
    assert asset.facts["crs"]["from"] == "manifest"
    assert steps_of(asset)["reproject"]["from"] == "EPSG:4267"


def test_a_file_knows_better_than_its_manifest(shop: Workshop, tmp_path: Path) -> None:
    path = shapefile(tmp_path, leases())
    (asset,) = build(shop, path, delivered("leases.zip", "shapefile", crs="EPSG:4326"))
    assert (asset.crs, asset.facts["crs"]["from"], asset.facts["crs"]["manifest_says"]) == (
        "EPSG:4267", "file", "EPSG:4326"
    )  # fmt: skip


def test_a_reference_system_of_somebodys_own_is_kept_and_can_be_left(shop: Workshop, tmp_path: Path) -> None:
    own = "+proj=tmerc +lat_0=28 +lon_0=-90 +datum=WGS84 +units=us-ft"
    pyogrio.write_dataframe(leases("EPSG:4326").to_crs(own), tmp_path / "a.gpkg")
    file = delivered("a.gpkg", "geopackage")
    (asset,) = build(shop, tmp_path / "a.gpkg", file)
    assert (asset.crs, "Transverse_Mercator" in asset.facts["crs_wkt"].replace(" ", "_")) == (None, True)
    assert asset.bbox == pytest.approx((-91, 27, -89, 29), abs=0.02)  # around the box in feet, which is askew
    asset.path.unlink()
    (back,) = build(shop, tmp_path / "a.gpkg", file, *USUAL)
    found = read(back).sort_values("lease_number", ignore_index=True)
    apart = shapely.hausdorff_distance(found.geometry.to_numpy()[:2], leases().geometry.to_numpy()[:2])
    assert apart.max() < 1e-7


def test_mixed_geometries_stay_mixed(shop: Workshop, tmp_path: Path) -> None:
    wkt = ["POINT (-90 28)", "LINESTRING (-90 28, -91 29)", "POLYGON ((0 0, 1 0, 1 1, 0 0))", "POINT EMPTY",
           "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))"]  # fmt: skip
    (tmp_path / "a.csv").write_text("id,shape\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(wkt)))
    file = delivered("a.csv", "csv", geometry=GeometryColumns(wkt="shape"), crs="EPSG:4326")
    (asset,) = build(shop, tmp_path / "a.csv", file, {"step": "multi"})
    assert asset.facts["geometry_types"] == ["GeometryCollection", "MultiLineString", "MultiPoint", "MultiPolygon"]
    assert asset.facts["features"]["empty_geometries"] == 1
    assert steps_of(asset)["multi"]["changed"] == 4
    assert sorted(read(asset)["id"]) == [0, 1, 2, 3, 4]


def test_lines_run_as_they_did(shop: Workshop, tmp_path: Path) -> None:
    """It may be the way of the flow; rings of polygons are turned, lines are not."""
    wkt = ["LINESTRING (-90 28, -91 29, -92 28)", "LINESTRING (-92 28, -91 29, -90 28)",
           "GEOMETRYCOLLECTION (LINESTRING (1 1, 0 0), POLYGON ((0 0, 0 1, 1 1, 0 0)))"]  # fmt: skip
    (tmp_path / "a.csv").write_text("id,shape\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(wkt)))
    file = delivered("a.csv", "csv", geometry=GeometryColumns(wkt="shape"), crs="EPSG:4326")
    (asset,) = build(shop, tmp_path / "a.csv", file)
    found = read(asset).sort_values("id").geometry
    turned = "GEOMETRYCOLLECTION (LINESTRING (1 1, 0 0), POLYGON ((0 0, 1 1, 0 1, 0 0)))"
    assert [shape.wkt for shape in found] == [*wkt[:2], turned]


def test_curves_become_lines(shop: Workshop, tmp_path: Path) -> None:
    half_circle = struct.pack("<BII6d", 1, 8, 3, -1, 0, 0, 1, 1, 0)  # CIRCULARSTRING (-1 0, 0 1, 1 0)
    shapes = np.array([half_circle, shapely.Point(1, 2).wkb], dtype=object)
    facts = {"driver": "GPKG", "geometry_type": "Unknown", "crs": "EPSG:4326"}
    pyogrio.raw.write(tmp_path / "a.gpkg", shapes, [np.array([1, 2])], np.array(["id"]), **facts)
    (asset,) = build(shop, tmp_path / "a.gpkg", delivered("a.gpkg", "geopackage"))
    assert asset.facts["features"]["curves_linearized"] == 1
    line = read(asset).set_index("id").geometry[1]
    assert line.length == pytest.approx(np.pi, rel=1e-3)
    assert line.geom_type == "LineString"


def test_m_values_need_force_2d(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("id,shape\n1,POINT M (1 2 9)\n2,POINT ZM (1 2 3 4)\n")
    file = delivered("m.csv", "csv", geometry=GeometryColumns(wkt="shape"), crs="EPSG:4326")
    with pytest.raises(DeliveryError, match=r"m\.csv: row 2: the geometry has M values, .* force_2d"):
        build(shop, tmp_path / "m.csv", file)
    shop.conn.execute(f'DROP TABLE "{shop.schema}".layer')
    (asset,) = build(shop, tmp_path / "m.csv", file, {"step": "force_2d"})
    assert [shape.wkt for shape in read(asset).sort_values("id").geometry] == ["POINT (1 2)", "POINT (1 2)"]


def test_several_layers_are_several_assets(shop: Workshop, tmp_path: Path) -> None:
    pyogrio.write_dataframe(leases(), tmp_path / "a.gpkg", layer="Leases 2018")
    pyogrio.write_dataframe(leases().iloc[:1], tmp_path / "a.gpkg", layer="first")
    assets = build(shop, tmp_path / "a.gpkg", delivered("a.gpkg", "geopackage"))
    assert [(asset.name, asset.rows) for asset in assets] == [("a_leases_2018.parquet", 3), ("a_first.parquet", 1)]


def test_an_empty_file_is_refused(shop: Workshop, tmp_path: Path) -> None:
    pyogrio.write_dataframe(leases().iloc[:0], tmp_path / "a.gpkg", geometry_type="Polygon")
    with pytest.raises(DeliveryError, match=r"^a\.gpkg: holds no features"):
        build(shop, tmp_path / "a.gpkg", delivered("a.gpkg", "geopackage"))


def test_what_a_reader_says_comes_through_the_driver(shop: Workshop, tmp_path: Path) -> None:
    """ADBC is C: an exception of the stream's is still the one that says row and column."""
    path = shapefile(tmp_path, leases(), encoding="CP1252", leave_out=[".cpg"])
    with pytest.raises(DeliveryError, match="row 2, column 'Lease Numb': the text is not utf-8"):
        build(shop, path, delivered("leases.zip", "shapefile"))


def test_coordinates_that_are_none_are_refused(shop: Workshop, tmp_path: Path) -> None:
    shapes = [shapely.Point(1, 2), shapely.LineString([(0, 0), (np.inf, 1)])]
    frame = gpd.GeoDataFrame({"id": [1, 2]}, geometry=shapes, crs=4326)
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg")
    with pytest.raises(DeliveryError, match=r"a\.gpkg: row 2: geometry: its coordinates are not finite"):
        build(shop, tmp_path / "a.gpkg", delivered("a.gpkg", "geopackage"))
