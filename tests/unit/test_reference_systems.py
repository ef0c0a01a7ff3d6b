"""Reference systems: recognised, or refused in words; and the way from one datum to another is one that is known."""

import numpy as np
import pytest
from pyproj import CRS, Transformer

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.datum_shifts import choose_shift, in_degrees
from enverus_elt.formats.reference_systems import WGS84, choose_crs, code_of, read_crs, srid_of

GULF = (-91.0, 28.0, -89.0, 29.5)
LOWER_48 = (-125.0, 25.0, -67.0, 49.0)
NAD27 = CRS.from_epsg(4267)


@pytest.mark.parametrize(
    ("text", "code", "srid"),
    [
        ("EPSG:4267", "EPSG:4267", 4267),
        ("OGC:CRS84", "EPSG:4326", 4326),
        ("EPSG:4979", "EPSG:4326", 4326),  # with heights, as GeoJSON with Z comes
        ("EPSG:4326+5703", "EPSG:4326", 4326),
        ("ESRI:102008", "ESRI:102008", 102008),
        (CRS.from_epsg(2285).to_wkt("WKT1_ESRI"), "EPSG:2285", 2285),
        (CRS.from_epsg(4267).to_wkt("WKT1_ESRI"), "EPSG:4267", 4267),
        ("+proj=tmerc +lat_0=31 +lon_0=-91 +datum=NAD83 +units=us-ft", None, 0),
        ("+proj=longlat +ellps=clrk66 +towgs84=-8,160,176", None, 0),
    ],
)
def test_a_reference_system_is_recognised(text: str, code: str | None, srid: int) -> None:
    crs = read_crs(text, "leases.zip")
    assert crs is not None
    assert (code_of(crs), srid_of(crs)) == (code, srid)


def test_a_likeness_has_no_code() -> None:
    """A false easting of its own: the same name, and hundreds of kilometres away."""
    shifted = CRS.from_epsg(26915).to_wkt().replace('"False easting",500000', '"False easting",0')
    crs = read_crs(shifted, "leases.zip")
    assert crs is not None
    assert code_of(crs) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('LOCAL_CS["Plant",UNIT["metre",1]]', "'Plant' is Engineering CRS, which has no place on Earth"),
        ("EPSG:4978", "Geocentric CRS, which has no place on Earth"),
        ("EPSG:999999", "'EPSG:999999' is no reference system that PROJ knows"),
        ("nonsense", "'nonsense' is no reference system"),
    ],
)
def test_what_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(DeliveryError, match=rf"^leases\.zip: .*{message}"):
        read_crs(text, "leases.zip")


def test_the_file_goes_before_the_manifest_and_silence_is_refused() -> None:
    assert choose_crs(NAD27, "EPSG:4326", "a") == (NAD27, "file")
    assert choose_crs(None, "EPSG:4326", "a") == (WGS84, "manifest")
    with pytest.raises(DeliveryError, match=r"^a: the file does not say .*: give it one .*'crs', for example"):
        choose_crs(None, None, "a")


def test_a_shift_is_chosen_for_where_the_data_lies_and_named() -> None:
    gulf = choose_shift(NAD27, WGS84, GULF, 10, "leases")
    assert gulf.facts() == {"operation": "NAD27 to WGS 84 (81)", "accuracy_m": 5.0}
    whole = choose_shift(NAD27, WGS84, LOWER_48, 10, "leases")
    assert (whole.name, whole.accuracy) == ("NAD27 to WGS 84 (4)", 10.0)
    assert whole.better is not None
    assert "us_noaa_conus.tif" in whole.better


def test_a_chosen_shift_leaves_nobody_a_choice() -> None:
    """PROJ's own pick for the same point is metres away; the pinned definition's is not."""
    shift = choose_shift(NAD27, WGS84, GULF, 10, "leases")
    pinned = Transformer.from_crs(shift.pinned.to_wkt(), WGS84, always_xy=True).transform(-90, 28.5)
    chosen = shift.transformer.transform(-90, 28.5)
    left_alone = Transformer.from_crs(NAD27, WGS84, always_xy=True).transform(-90, 28.5)
    assert pinned == pytest.approx(chosen, abs=1e-12)
    assert np.hypot(*np.subtract(pinned, left_alone)) > 1e-5


def test_one_datum_needs_no_shift() -> None:
    shift = choose_shift(CRS.from_epsg(32615), WGS84, (5e5, 3e6, 6e5, 3.1e6), 10, "a")
    assert (shift.accuracy, shift.pinned) == (0.0, CRS.from_epsg(32615))


def test_a_guess_and_too_rough_a_way_are_refused() -> None:
    with pytest.raises(DeliveryError, match=r"more than a guess; NAD27 to NAD83 .*\.tif\) would do: install that grid"):
        choose_shift(NAD27, CRS.from_epsg(4269), LOWER_48, 10, "a")
    with pytest.raises(DeliveryError, match=r"\(4\) may be off by 10 m, the recipe allows 5 m; .*us_noaa_conus\.tif"):
        choose_shift(NAD27, WGS84, LOWER_48, 5, "a")


def test_a_box_of_metres_in_degrees() -> None:
    found = in_degrees(CRS.from_epsg(32611), (390000, 3790000, 410000, 3810000))
    assert found == pytest.approx((-118.197, 34.245, -117.977, 34.428), abs=1e-3)
