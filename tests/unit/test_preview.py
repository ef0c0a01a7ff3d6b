"""Pictures of what is in the lake: right where a picture can be wrong, and for everything that the lake may hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import rasterio
import shapely
from matplotlib.image import imread
from pyproj import CRS
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import GeoParquetWriter
from enverus_elt.formats.parquet_table import TableWriter
from enverus_elt.formats.preview import DOTS, INCHES, Caption, draw_preview
from tests.unit.delivered_files import ELEVATION

CAPTION = Caption("A title with $ and <b>, 100 %", "Somebody & Sons, 2024")
SIZE = (int(INCHES[1] * DOTS), int(INCHES[0] * DOTS))
WGS84 = CRS.from_epsg(4326)
BLUE = np.array([0, 0x72, 0xB2]) / 255


def picture(path: Path) -> Any:
    target = draw_preview(path, CAPTION, path.with_suffix(".png"))
    found = imread(target)
    assert found.shape[:2] == SIZE
    return found[..., :3]


def layer(folder: Path, shapes: Any, crs: CRS | None = WGS84) -> Path:
    path = folder / "layer.parquet"
    schema = pa.schema([("geometry", pa.binary())])
    wkb = pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())
    with GeoParquetWriter(path, schema, crs) as writer:
        writer.write(pa.RecordBatch.from_arrays([wkb], schema=schema))
    return path


def blue(found: Any) -> Any:
    return (np.abs(found - BLUE) < 0.02).all(axis=2)


def test_points_are_where_they_are(tmp_path: Path) -> None:
    """Four points at the corners: the drawing's mirror images would have the fifth elsewhere."""
    found = blue(picture(layer(tmp_path, shapely.points([[0, 0], [10, 0], [0, 10], [10, 10], [2, 8]]))))
    rows, columns = np.nonzero(found)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    fifth = found[int(top + (bottom - top) * 0.2)][left + 20 : right - 20]
    assert np.nonzero(fifth)[0].mean() == pytest.approx((right - left) * 0.2 - 20, abs=4)


def test_a_polygon_is_filled_but_for_its_hole(tmp_path: Path) -> None:
    ring = shapely.Polygon([(0, 0), (8, 0), (8, 8), (0, 8)], [[(2, 2), (2, 6), (6, 6), (6, 2)]])
    found = picture(layer(tmp_path, [ring]))
    edges = np.nonzero(blue(found))
    middle = found[int(np.mean([edges[0].min(), edges[0].max()])), int(np.mean([edges[1].min(), edges[1].max()]))]
    assert middle.min() > 0.8, "the hole is paper"
    inside = found[int(np.mean([edges[0].min(), edges[0].max()])), edges[1].min() + 20]
    assert 0.2 < inside[0] < 0.8, "the rest is a light blue"


def test_what_is_smaller_than_a_dot_is_seen(tmp_path: Path) -> None:
    tiny = shapely.box(*np.array([(x, y, x + 1e-9, y + 1e-9) for x in range(40) for y in range(30)]).T)
    assert blue(picture(layer(tmp_path, tiny))).sum() >= 1000


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.LineString([(0, 0), (5, 5), (9, 1)]), shapely.MultiLineString([[(0, 1), (2, 3)], [(4, 4), (5, 6)]])],
        [
            shapely.GeometryCollection(
                [shapely.Point(1, 1), shapely.box(2, 2, 5, 5), shapely.LineString([(0, 0), (9, 9)])]
            )
        ],
        [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(3, 3, 9, 9)]), None, shapely.Polygon()],
        [shapely.from_wkt("POINT Z (1 2 3)"), shapely.from_wkt("LINESTRING Z (0 0 1, 5 5 2)")],
        [shapely.Point(-104, 32)],
        [shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])],
    ],
)
def test_geometries_of_every_kind(tmp_path: Path, shapes: list[Any]) -> None:
    assert blue(picture(layer(tmp_path, shapes))).any()


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Point()]])
def test_a_layer_without_places(tmp_path: Path, shapes: list[Any]) -> None:
    assert not blue(picture(layer(tmp_path, shapes))).any()


@pytest.mark.parametrize("crs", [None, CRS.from_epsg(32613), CRS.from_epsg(2277), CRS.from_epsg(4267)])
def test_reference_systems(tmp_path: Path, crs: CRS | None) -> None:
    assert blue(picture(layer(tmp_path, shapely.points([[10.0, 20.0], [11.0, 21.0]]), crs))).any()


def test_the_elevation_model(tmp_path: Path) -> None:
    path = tmp_path / "elevation.tif"
    path.write_bytes(ELEVATION.read_bytes())
    found = picture(path)
    colours = np.unique((found.reshape(-1, 3) * 255).astype(int), axis=0)
    assert len(colours) > 200, "shades"
    assert {item.name for item in tmp_path.iterdir()} == {"elevation.tif", "elevation.png"}, "nothing beside it"


@pytest.mark.parametrize(
    "kind", ["colours", "palette", "empty", "scaled", "south up", "one cell", "no reference system"]
)
def test_rasters_of_every_kind(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "raster.tif"
    bands = 3 if kind == "colours" else 1
    dtype = "uint8" if kind in ("colours", "palette") else "float32"
    size = 1 if kind == "one cell" else 50
    cells = np.random.default_rng(3).integers(0, 200, (bands, size, size)).astype(dtype)
    if kind == "empty":
        cells[:] = np.nan
    place = from_origin(500_000, 4_000_000, 30, -30 if kind == "south up" else 30)
    crs = None if kind == "no reference system" else "EPSG:32611"
    with rasterio.open(path, "w", driver="GTiff", count=bands, height=size, width=size, dtype=dtype, crs=crs,
                       transform=place) as file:  # fmt: skip
        file.write(cells)
        if kind == "colours":
            file.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
        if kind == "palette":
            file.write_colormap(1, {value: (value, 0, 255 - value, 255) for value in range(200)})
        if kind == "scaled":
            file.scales, file.offsets, file.units, file.descriptions = (0.1,), (5,), ("m",), ("Top of $A$",)
    picture(path)


def test_a_table(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    table = pa.table(
        {
            "name": ["a $x$ b", "two\nlines", None, "x" * 100, "日本"] * 20,
            "depth": [1.0, 2.5, None, 1e300, -0.1] * 20,
            **{f"column_{number}": [True] * 100 for number in range(30)},
        }
    )
    with TableWriter(path, table.schema) as writer:
        for batch in table.to_batches():
            writer.write(batch)
    assert (picture(path) < 0.5).all(axis=2).sum() > 1000, "letters"


def test_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with TableWriter(path, pa.schema([("a", pa.string())])):
        pass
    picture(path)


def test_what_is_no_file_of_the_lake(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="no file of the lake that can be drawn"):
        draw_preview(tmp_path / "item.json", CAPTION, tmp_path / "item.png")
