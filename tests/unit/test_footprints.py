"""Footprints: what a raster covers, wherever on Earth, as GeoJSON and STAC want it."""

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Transformer
from shapely.geometry import Polygon, box

from enverus_elt.formats.footprints import Footprint, footprint, outline

WGS84 = CRS.from_epsg(4326)


def covered(area: Polygon, crs: CRS | int = WGS84) -> Footprint:
    found = footprint(area, CRS.from_user_input(crs))
    assert found is not None
    assert shapely.from_wkb(found.wkb).is_valid
    assert shapely.from_wkb(found.wkb).geom_type == "MultiPolygon"
    return found


def test_a_frame_is_exact() -> None:
    valid = np.ones((2, 3), dtype=bool)
    transform = Affine(30, 0, 500_000, 0, -30, 4_000_000)
    assert outline(valid, 64, transform, (150, 100)).equals(box(500_000, 3_997_000, 504_500, 4_000_000))


def test_a_rotated_frame_is_its_four_corners() -> None:
    transform = Affine.translation(100, 200) @ Affine.rotation(30) @ Affine.scale(2, -2)
    frame = outline(np.ones((1, 1), dtype=bool), 1, transform, (10, 5))
    assert frame.area == pytest.approx(200)
    assert not frame.equals(frame.envelope)


def test_what_is_not_valid_is_left_out() -> None:
    valid = np.zeros((100, 100), dtype=bool)
    valid[:, :50] = True
    valid[80:90, 80:90] = True
    found = outline(valid, 1, Affine(1, 0, 0, 0, -1, 100), (100, 100))
    assert found.area == pytest.approx(5100)
    assert len(found.geoms) == 2


def test_noise_does_not_make_a_footprint_of_a_million_corners() -> None:
    valid = np.random.default_rng(1).random((512, 512)) > 0.5
    found = outline(valid, 1, Affine(1, 0, 0, 0, -1, 512), (512, 512))
    assert shapely.get_num_coordinates(found) <= 2000
    assert found.area > 0.5 * 512 * 512


def test_nothing_valid_has_no_footprint() -> None:
    valid = np.zeros((4, 4), dtype=bool)
    assert footprint(outline(valid, 1, Affine(1, 0, 0, 0, -1, 4), (4, 4)), WGS84) is None


def test_edges_of_a_projected_raster_bend() -> None:
    """The top edge of an UTM box lies further south at its ends than in its middle."""
    area = box(200_000, 6_000_000, 800_000, 6_400_000)
    found = covered(area, 32611)
    to_degrees = Transformer.from_crs(32611, 4326, always_xy=True)
    shape = shapely.from_wkb(found.wkb)
    for x, y in ((210_000, 6_390_000), (500_000, 6_399_000), (790_000, 6_001_000)):
        assert shape.contains(shapely.Point(*to_degrees.transform(x, y)))
    assert not shape.contains(shapely.Point(*to_degrees.transform(500_000, 6_401_000)))
    assert not found.crosses_antimeridian


@pytest.mark.parametrize(
    ("area", "crs"),
    [
        (box(400_000, 5_600_000, 900_000, 6_000_000), 32660),  # UTM zone 60, over its eastern edge
        (box(100_000, 5_600_000, 600_000, 6_000_000), 32601),
        (box(-2_500_000, 400_000, -1_000_000, 1_500_000), 3338),  # Alaska Albers: the Aleutians
        (box(170, 50, 190, 60), 4326),
        (box(-190, 50, -170, 60), 4326),
    ],
)
def test_over_the_antimeridian(area: Polygon, crs: int) -> None:
    found = covered(area, crs)
    west, south, east, north = found.bbox
    assert found.crosses_antimeridian
    assert west > 0 > east
    shape = shapely.from_wkb(found.wkb)
    assert box(-180, -90, 180, 90).covers(shape)
    assert shape.bounds[0] == -180
    assert shape.bounds[2] == 180
    assert all(part.bounds[2] - part.bounds[0] < 60 for part in shape.geoms)
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    rng = np.random.default_rng(2)
    x, y = rng.uniform(*area.bounds[::2], 50), rng.uniform(*area.bounds[1::2], 50)
    longitudes, latitudes = to_degrees.transform(x, y)
    longitudes = (longitudes + 180) % 360 - 180
    assert shapely.contains_xy(shapely.buffer(shape, 0.01), longitudes, latitudes).all()
    assert south <= latitudes.min()
    assert latitudes.max() <= north


def test_from_0_to_360_degrees_is_the_whole_earth() -> None:
    found = covered(box(0, -90, 360, 90))
    assert found.bbox == (-180, -90, 180, 90)
    assert not found.crosses_antimeridian
    assert shapely.from_wkb(found.wkb).area == pytest.approx(360 * 180)


def test_the_whole_earth_as_it_is_usually_written() -> None:
    assert covered(box(-180, -90, 180, 90)).bbox == (-180, -90, 180, 90)


@pytest.mark.parametrize(("crs", "pole"), [(3413, 90), (3031, -90)])
def test_around_a_pole(crs: int, pole: int) -> None:
    found = covered(box(-2_000_000, -2_000_000, 2_000_000, 2_000_000), crs)
    shape = shapely.from_wkb(found.wkb)
    assert found.bbox[0::2] == (-180, 180)
    assert pole in (found.bbox[1], found.bbox[3])
    for longitude in (-179, -90, 0, 90, 179):
        assert shape.contains(shapely.Point(longitude, 0.95 * pole))
        assert not shape.contains(shapely.Point(longitude, 0.5 * pole))


def test_what_has_no_place_on_earth() -> None:
    """A corner of a geostationary satellite's picture shows space."""
    crs = CRS.from_proj4("+proj=geos +h=35785831 +lon_0=-75 +sweep=x")
    assert footprint(box(5_400_000, 5_400_000, 5_500_000, 5_500_000), crs) is None
    disk = covered(box(-5_500_000, -5_500_000, 5_500_000, 5_500_000), crs)
    assert -160 < disk.bbox[0] < disk.bbox[2] < 10
