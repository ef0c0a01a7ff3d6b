"""Zonal statistics: every cell weighed by how much of it lies in the polygon, held against arithmetic."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from enverus_elt.deliveries.manifest import LakeVersion, Manifest
from enverus_elt.errors import DeliveryError, EltError
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.raster import build_raster
from enverus_elt.lake.vector import build_vector
from enverus_elt.lake.workshop import Workshop
from tests.services.making import METADATA, recipe
from tests.services.vector_files import delivered as delivered_vector
from tests.services.versions import as_input
from tests.unit.delivered_files import ELEVATION, delivered, manifest_of, recipe_of

EVERY = ["count", "min", "max", "mean", "sum", "stdev", "median"]


def raster(shop: Workshop, path: Path) -> BuiltAsset:
    file = delivered("elevation.tif", "raster", "geotiff")
    (asset,) = build_raster(shop, manifest_of(file), recipe_of("raster"), {file.path: path}, {})
    return asset


def measured(
    shop: Workshop, zones: gpd.GeoDataFrame, cells: BuiltAsset, *before: dict[str, Any], **step: Any
) -> BuiltAsset:
    path = shop.folder / "zones.gpkg"
    zones.to_file(path)
    file = delivered_vector("zones.gpkg", "geopackage")
    manifest = Manifest(batch_id="b1", uploader="anna", intent="ingest_vector", files=(file,), metadata=METADATA)
    zonal = {"step": "zonal_statistics", "raster": {"dataset": "elevation"}, "statistics": EVERY, **step}
    inputs = {LakeVersion(dataset="elevation"): as_input("elevation", cells, version=3)}
    (asset,) = build_vector(shop, manifest, recipe(*before, zonal), {file.path: path}, inputs)
    return asset


def rows(asset: BuiltAsset) -> dict[str, Any]:
    return gpd.read_parquet(asset.path).set_index("name").drop(columns="geometry").to_dict("index")


def facts(asset: BuiltAsset) -> dict[str, Any]:
    found: dict[str, Any] = asset.facts["steps"][-1]
    return found


def zones(crs: str = "EPSG:32611", **shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs=crs)


def test_the_elevation_model_by_parts_of_cells(shop: Workshop) -> None:
    """A box that begins and ends within cells: the weights are the products of what it covers each way."""
    cells = raster(shop, ELEVATION)
    with rasterio.open(ELEVATION) as file:
        heights, place, bounds = file.read(1).astype(float), file.transform, file.bounds
    west, north = place @ (100.25, 50.5)
    east, south = place @ (110.75, 70.0)
    found = measured(shop, zones(part=shapely.box(west, south, east, north), all=shapely.box(*bounds)), cells)
    across = np.array([0.75, *[1.0] * 9, 0.75])
    down = np.array([0.5, *[1.0] * 19])
    weights = np.outer(down, across)
    window = heights[50:70, 100:111]
    mean = (window * weights).sum() / weights.sum()
    part, whole = rows(found)["part"], rows(found)["all"]
    assert part["raster_count"] == pytest.approx(weights.sum())
    assert part["raster_mean"] == pytest.approx(mean)
    assert part["raster_sum"] == pytest.approx((window * weights).sum())
    assert part["raster_stdev"] == pytest.approx(np.sqrt((weights * (window - mean) ** 2).sum() / weights.sum()))
    assert (part["raster_min"], part["raster_max"]) == (window.min(), window.max())
    assert whole["raster_count"] == pytest.approx(heights.size)
    assert whole["raster_mean"] == pytest.approx(heights.mean())
    assert whole["raster_median"] == pytest.approx(np.median(heights), abs=1)  # half of the weight, not of the number
    told = facts(found)
    assert told["raster"] == {"dataset": "elevation", "version": 3, "asset": "elevation.tif"}
    assert (told["polygons"], told["outside"], told["partly_outside"]) == (2, 0, 0)
    assert {column.name: column.source for column in found.columns}["raster_mean"] == "elevation v3"


def test_polygons_go_to_the_raster(shop: Workshop) -> None:
    """The same box in degrees, and in feet of the state plane: nearly the same cells."""
    cells = raster(shop, ELEVATION)
    box = gpd.GeoSeries([shapely.segmentize(shapely.box(380_000, 3_795_000, 390_000, 3_800_000), 100)], crs=32611)
    results = []
    for crs in ("EPSG:32611", "EPSG:4326", "EPSG:2229"):
        found = measured(shop, zones(crs, box=box.to_crs(crs)[0]), cells)
        assert found.crs == crs
        results.append(rows(found)["box"])
    assert results[1]["raster_mean"] == pytest.approx(results[0]["raster_mean"], rel=1e-6)
    assert results[2]["raster_mean"] == pytest.approx(results[0]["raster_mean"], rel=1e-4)
    assert results[0]["raster_count"] == pytest.approx(10_000 * 5_000 / 900)


def test_what_the_raster_does_not_reach_is_empty_and_counted(shop: Workshop) -> None:
    cells = raster(shop, ELEVATION)
    found = measured(
        shop,
        zones(
            far=shapely.box(0, 0, 1000, 1000),
            half=shapely.box(366_313, 3_790_000, 386_313, 3_800_000),
            line=shapely.LineString([(380_000, 3_795_000), (390_000, 3_795_000)]),
            none=None,
        ),
        cells,
    )
    values = rows(found)
    for name in ("far", "line", "none"):
        assert all(np.isnan(value) for key, value in values[name].items() if key.startswith("raster_")), name
    assert values["half"]["raster_count"] == pytest.approx(10_000 * 10_000 / 900, rel=0.01)
    told = facts(found)
    assert (told["polygons"], told["outside"], told["partly_outside"]) == (2, 1, 1)
    assert (told["not_polygons"], told["without_geometry"]) == (1, 1)
    assert (told["in"], told["out"]) == (4, 4)


def test_nodata_counts_for_nothing(shop: Workshop) -> None:
    path = shop.folder / "small.tif"
    cells = np.array([[1, 2, -9], [3, -9, -9], [5, 6, -9]], dtype="int16")
    shape: dict[str, Any] = {"count": 1, "height": 3, "width": 3, "dtype": "int16", "nodata": -9}
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:32611", transform=from_origin(0, 30, 10, 10), **shape
    ) as file:
        file.write(cells, 1)
    found = measured(shop, zones(all=shapely.box(0, 0, 30, 30), gap=shapely.box(20, 0, 30, 30)), raster(shop, path))
    values = rows(found)
    assert (values["all"]["raster_count"], values["all"]["raster_mean"]) == (5, pytest.approx(17 / 5))
    assert values["gap"]["raster_count"] == 0
    assert np.isnan(values["gap"]["raster_mean"])
    assert facts(found)["without_valid_cells"] == 1


def test_several_bands_and_scaled_cells(shop: Workshop) -> None:
    path = shop.folder / "bands.tif"
    with rasterio.open(path, "w", driver="GTiff", count=2, height=2, width=2, dtype="int16", crs="EPSG:32611",
                       transform=from_origin(0, 20, 10, 10)) as file:  # fmt: skip
        file.write(np.array([[[1, 2], [3, 4]], [[10, 20], [30, 40]]], dtype="int16"))
        file.scales, file.offsets = (0.5, 1.0), (100.0, 0.0)
    found = measured(shop, zones(all=shapely.box(0, 0, 20, 20)), raster(shop, path), statistics=["mean"], prefix="top")
    assert rows(found)["all"] == {"top_band_1_mean": 101.25, "top_band_2_mean": 25}


def test_an_invalid_polygon_is_measured_as_what_it_covers(shop: Workshop) -> None:
    cells = raster(shop, ELEVATION)
    tie = shapely.Polygon([(380_000, 3_795_000), (390_000, 3_800_000), (390_000, 3_795_000), (380_000, 3_800_000)])
    found = rows(measured(shop, zones(tie=tie), cells))["tie"]
    assert found["raster_count"] == pytest.approx(10_000 * 5_000 / 2 / 900, rel=1e-6)


def test_columns_that_are_there_already(shop: Workshop) -> None:
    cells = raster(shop, ELEVATION)
    frame = zones(a=shapely.box(380_000, 3_795_000, 390_000, 3_800_000)).assign(raster_mean=1)
    with pytest.raises(DeliveryError, match="raster_mean"):
        measured(shop, frame, cells)


def test_not_after_rows_were_multiplied(shop: Workshop) -> None:
    cells = raster(shop, ELEVATION)
    ring = shapely.Point(385_000, 3_797_000).buffer(1000, quad_segs=100)
    with pytest.raises(EltError, match="before subdivide"):
        measured(shop, zones(a=ring), cells, {"step": "subdivide", "max_vertices": 16})


def test_facts_are_json(shop: Workshop) -> None:
    cells = raster(shop, ELEVATION)
    found = measured(shop, zones(a=shapely.box(380_000, 3_795_000, 390_000, 3_800_000)), cells)
    assert json.loads(json.dumps(found.facts)) == found.facts
    assert json.loads(json.dumps(cells.facts)) == cells.facts
