"""Whatever a geometry is: its row is loaded where it belongs or set aside with the reason, and no other row suffers."""

import json

import pytest

from enverus_elt.catalog import load_catalog
from tests.faults.values_dataset import Value, open_kinds
from tests.services.site import Site

UNTYPABLE = "cannot be typed as geometry(Geometry,4326)"
EMPTY = "the geometry is empty"
ELSEWHERE = "the geometry lies outside of the dataset's extent"
RANGE = "longitude or latitude is out of range"
INVALID = "the geometry is not valid"
NORTH_AMERICA = (-180, 14, -50, 84)
FIELDS = {"geom_point": "GeomPoint", "geom_line": "GeomLine", "geom_poly": "GeomPoly"}
SQUARE = "(-90 28, -90 29, -89 29, -89 28, -90 28)"
BOW_TIE = "POLYGON ((-90 28, -89 29, -89 28, -90 29, -90 28))"


def held(column: str, text: str, shape: str) -> Value:
    """A geometry that core holds, and how it reads there."""
    return Value(_body(column, text), f"core: SRID=4326;{shape}")


def untypable(column: str, text: str) -> Value:
    """Text that PostGIS takes for no geometry of two dimensions in the column's SRID."""
    return Value(_body(column, text), f"quarantine: {column}: {UNTYPABLE}", json.dumps(text)[1:-1])


def set_aside(column: str, text: str, reason: str, raw: str = "") -> Value:
    """A geometry that sends its row to quarantine."""
    return Value(_body(column, text), f"quarantine: {column}: {reason}", raw)


def _body(column: str, text: str) -> bytes:
    return f"{json.dumps(FIELDS[column])}: {json.dumps(text)}".encode()


POINTS: dict[str, Value] = {
    "point": held("geom_point", "POINT (-90.5 28.25)", "POINT(-90.5 28.25)"),
    "point with its SRID": held("geom_point", "SRID=4326;POINT (-90.5 28.25)", "POINT(-90.5 28.25)"),
    "point at the edge": held("geom_point", "POINT (-180 84)", "POINT(-180 84)"),
    "0/0": set_aside("geom_point", "POINT (0 0)", ELSEWHERE, "0 0"),
    "swapped": set_aside("geom_point", "POINT (28.25 -89.5)", ELSEWHERE, "28.25 -89.5"),
    "without its sign": set_aside("geom_point", "POINT (90.5 28.25)", ELSEWHERE, "90.5 28.25"),
    "swapped, and beyond the pole": set_aside("geom_point", "POINT (28.25 -90.5)", RANGE, "28.25 -90.5"),
    "west of the world": set_aside("geom_point", "POINT (-180.001 28)", RANGE, "-180.001 28"),
    "in feet": set_aside("geom_point", "POINT (1645000 10223000)", RANGE, "1645000 10223000"),
    "nan": set_aside("geom_point", "POINT (nan 28)", ""),
    "inf": set_aside("geom_point", "POINT (-90 inf)", ""),
    "empty point": set_aside("geom_point", "POINT EMPTY", EMPTY),
    "unknown SRID": untypable("geom_point", "SRID=999999;POINT (-90 28)"),
    "other SRID": untypable("geom_point", "SRID=3857;POINT (-90 28)"),
    "no SRID": untypable("geom_point", "SRID=x;POINT (-90 28)"),
    "point with Z": untypable("geom_point", "POINT Z (-90 28 -5)"),
    "point with M": untypable("geom_point", "POINT M (-90 28 1)"),
    "point with Z and M": untypable("geom_point", "POINT ZM (-90 28 -5 1)"),
    "three numbers": untypable("geom_point", "POINT (-90 28 -5)"),
    "one number": untypable("geom_point", "POINT (-90)"),
    "decimal commas": untypable("geom_point", "POINT (-90,5 28,25)"),
    "pair of numbers": untypable("geom_point", "28.25, -90.5"),
    "cut off": untypable("geom_point", "POINT (-90 2"),
    "more than one": untypable("geom_point", "POINT (-90 28) POINT (-90 28)"),
    "word": untypable("geom_point", "offshore"),
    "number": Value(b'"GeomPoint": 5', f"quarantine: geom_point: {UNTYPABLE}", "5"),
    "GeoJSON": Value(
        b'"GeomPoint": {"type": "Point", "coordinates": [-90, 28]}',
        "quarantine: geom_point: a JSON dict where a single value belongs",
        "[-90, 28]",
    ),
    "multipoint": set_aside("geom_point", "MULTIPOINT ((-90 28))", "the geometry is no Point", "MULTIPOINT"),
    "line for a point": set_aside("geom_point", "LINESTRING (-90 28, -90 29)", "the geometry is no Point", "LINESTR"),
    "no point": Value(b'"GeomPoint": "NULL"', "core: None"),
}
ANYWHERE: dict[str, Value] = {
    "0/0": held("geom_point", "POINT (0 0)", "POINT(0 0)"),
    "swapped": held("geom_point", "POINT (28.25 -89.5)", "POINT(28.25 -89.5)"),
    "point at the edge of the world": held("geom_point", "POINT (180 -90)", "POINT(180 -90)"),
    "swapped, and beyond the pole": POINTS["swapped, and beyond the pole"],
}
LINES: dict[str, Value] = {
    "line": held("geom_line", "LINESTRING (-90 28, -89 29)", "LINESTRING(-90 28,-89 29)"),
    "line of one point": untypable("geom_line", "LINESTRING (-90 28)"),
    "empty line": set_aside("geom_line", "LINESTRING EMPTY", EMPTY),
    "line out of range": set_aside("geom_line", "LINESTRING (-90 28, -190 28)", RANGE, "-190 28"),
    "line with Z": untypable("geom_line", "LINESTRING Z (-90 28 0, -89 29 -5)"),
    "multiline": set_aside("geom_line", "MULTILINESTRING ((-90 28, -89 29))", "the geometry is no LineString"),
    "arc": set_aside("geom_line", "CIRCULARSTRING (-90 28, -89 29, -88 28)", "the geometry is no LineString"),
}
AREAS: dict[str, Value] = {
    "area": held("geom_poly", f"POLYGON ({SQUARE})", "MULTIPOLYGON(((-90 28,-90 29,-89 29,-89 28,-90 28)))"),
    "unclosed ring": untypable("geom_poly", "POLYGON ((-90 28, -90 29, -89 29, -89 28))"),
    "ring of three": untypable("geom_poly", "POLYGON ((-90 28, -90 29, -90 28))"),
    "empty area": set_aside("geom_poly", "POLYGON EMPTY", EMPTY),
    "empty areas": set_aside("geom_poly", "MULTIPOLYGON (EMPTY, EMPTY)", EMPTY),
    "area with Z": untypable("geom_poly", "POLYGON Z ((-90 28 0, -90 29 0, -89 29 0, -90 28 0))"),
    "swapped area": set_aside("geom_poly", "POLYGON ((28 -90, 29 -90, 29 -91, 28 -90))", RANGE, "28 -90"),
    "point for an area": set_aside("geom_poly", "POINT (-90 28)", "the geometry is no MultiPolygon"),
    "mixed types": set_aside(
        "geom_poly", f"GEOMETRYCOLLECTION (POLYGON ({SQUARE}), POINT (-90 28))", "the geometry is no MultiPolygon"
    ),
    "curved area": set_aside("geom_poly", "CURVEPOLYGON (CIRCULARSTRING (-90 28, -89 29, -88 28, -89 27, -90 28))", ""),
    "surfaces": set_aside("geom_poly", f"MULTISURFACE (({SQUARE}))", ""),
    "triangle": set_aside("geom_poly", "TRIANGLE ((-90 28, -90 29, -89 29, -90 28))", ""),
    "triangles": set_aside("geom_poly", "TIN (((-90 28, -90 29, -89 29, -90 28)))", ""),
    "area with nan": set_aside("geom_poly", "POLYGON ((-90 28, -90 29, nan 29, -90 28))", ""),
    "area with inf": set_aside("geom_poly", "POLYGON ((-90 28, -90 29, inf 29, -90 28))", ""),
    "far crossing itself": set_aside("geom_poly", "POLYGON ((0 0, 1e300 1e300, 1e300 0, 0 1e300, 0 0))", RANGE),
}
NOT_VALID: dict[str, str] = {
    "crossing itself": BOW_TIE,
    "hole outside": f"POLYGON ({SQUARE}, (-80 28, -80 29, -79 29, -79 28, -80 28))",
    "hole that is all": f"POLYGON ({SQUARE}, {SQUARE})",
    "overlapping parts": f"MULTIPOLYGON (({SQUARE}), ((-89.5 28, -89.5 29, -88 29, -88 28, -89.5 28)))",
    "spike": "POLYGON ((-90 28, -90 29, -89 29, -89 31, -89 29, -89 28, -90 28))",
    "no area": "POLYGON ((-90 28, -90 29, -90 30, -90 28))",
    "point of an area": "POLYGON ((-90 28, -90 28, -90 28, -90 28))",
}
REPAIRED = {
    "crossing itself": 0.5,
    "hole outside": 2.0,
    "hole that is all": 1.0,
    "overlapping parts": 2.0,
    "spike": 1.0,
}  # and their areas


@pytest.mark.parametrize("group", [POINTS, LINES, AREAS], ids=["points", "lines", "areas"])
def test_odd_geometries_are_loaded_or_set_aside_each_for_its_reason(site: Site, group: dict[str, Value]) -> None:
    kinds = open_kinds(site, NORTH_AMERICA, Point="none", LineString="none", MultiPolygon="make_valid")
    kinds.serve(group)
    kinds.load("first")
    assert kinds.surprises("first") == {}
    assert kinds.unseen("first") == {}
    assert kinds.load("again").changed == 0
    assert kinds.surprises("again") == {}


def test_a_dataset_without_an_extent_takes_places_anywhere_on_earth(site: Site) -> None:
    kinds = open_kinds(site, Point="none")
    kinds.serve(ANYWHERE)
    kinds.load("first")
    assert kinds.surprises("first") == {}


def test_every_geometry_of_the_catalog_says_where_it_can_be() -> None:
    assert all(geometry.extent for dataset in load_catalog() for geometry in dataset.geometry)


def test_an_outline_that_is_not_valid_is_repaired_where_something_is_left_of_it(site: Site) -> None:
    kinds = open_kinds(site, MultiPolygon="make_valid")
    kinds.serve({name: set_aside("geom_poly", text, INVALID) for name, text in NOT_VALID.items()})
    kinds.load("first")
    repaired = site.rows(
        "SELECT label, st_isvalid(geom_poly) AS valid, st_area(geom_poly) AS area FROM core.value_kinds"
        " WHERE geom_poly IS NOT NULL"
    )
    assert {row["label"]: row["area"] for row in repaired} == pytest.approx(REPAIRED)
    assert all(row["valid"] for row in repaired)
    found = kinds.verdicts("first")
    lost = {name: verdict for name, verdict in found.items() if name not in REPAIRED}
    assert set(lost.values()) == {f"quarantine: geom_poly: {INVALID} and cannot be repaired"}
    assert kinds.load("again").changed == 0
    assert kinds.verdicts("again") == found


def test_an_outline_that_is_not_valid_is_set_aside_where_it_is_not_to_be_repaired(site: Site) -> None:
    kinds = open_kinds(site, MultiPolygon="quarantine")
    kinds.serve({name: set_aside("geom_poly", text, INVALID) for name, text in NOT_VALID.items()})
    kinds.load("first")
    assert kinds.surprises("first") == {}
    kinds.load("again")
    assert kinds.surprises("again") == {}
