"""What the catalog says of two columns, or of two datasets, has to fit them."""

from pathlib import Path

import pytest

from enverus_elt.catalog import load_dataset
from tests.unit.catalog_files import edited, load, refusal

POLYGON = "  - {name: geom_poly, source: Geom_Poly, type: MultiPolygon, srid: 4326}\n"
POINT = "  - {name: geom_point, source: P, type: Point, coordinates: {latitude: acres, longitude: acres}}\n"
LINE = "  - {name: geom_line, source: L, type: LineString, starts_at: {point: geom_point}}\n"
REFERENCE = "relationships:\n  - {columns: [county], refers_to: counties, to: [name]}\nindexes:"

GEOMETRIES = {
    "a polygon has no coordinates": (
        POLYGON.replace("}", ", coordinates: {latitude: acres, longitude: acres}}"),
        "leases.yaml:17: geometry.0: geom_poly: coordinates needs a Point in degrees, not MultiPolygon in SRID 4326",
    ),
    "metres are no degrees": (POINT.replace("Point,", "Point, srid: 32614,"), "not Point in SRID 32614"),
    "a point starts nowhere": (
        "  - {name: geom_point, source: P, type: Point, starts_at: {point: geom_point}}\n",
        "geometry.0: geom_point: starts_at needs a line, not Point",
    ),
    "no such latitude": (POINT.replace("latitude: acres", "latitude: lat"), "coordinates.latitude names no numeric"),
    "a longitude of text": (POINT.replace("longitude: acres", "longitude: county"), "coordinates.longitude names no"),
    "no tolerance at all": (POINT.replace("acres}", "acres, tolerance: 0}"), "geometry.0.coordinates.tolerance: "),
    "typo in coordinates": (POINT.replace("latitude", "lattitude"), "geometry.0.coordinates.lattitude: Extra inputs"),
    "no such point": (LINE, "geom_line: starts_at.point names no point geometry: geom_point"),
    "starts at a polygon": (POLYGON + LINE.replace("point: geom_point", "point: geom_poly"), "names no point geometry"),
    "no metres at all": (
        POINT + LINE.replace("point: geom_point", "point: geom_point, metres: 0"),
        "starts_at.metres: ",
    ),
}
REFERENCES = {
    "no such column": ("columns: [county]", "columns: [parish]", "relationships.0.columns names no column"),
    "sides that differ": ("to: [name]", "to: [name, state]", "relationships.0: columns and to must be equally many"),
    "twice the same": (
        "columns: [county], refers_to: counties, to: [name]",
        "columns: [county, county], refers_to: counties, to: [name, state]",
        "relationships.0: columns names a column twice: [county, county]",
    ),
    "stops loads": ("to: [name]", "to: [name], severity: critical", "relationships.0.severity: "),
    "all unknown": ("to: [name]", "to: [name], most_unknown: 1", "relationships.0.most_unknown: "),
    "nothing": ("columns: [county]", "columns: []", "relationships.0.columns: "),
    "typo": ("refers_to", "refer_to", "relationships.0.refer_to: Extra inputs"),
}


@pytest.mark.parametrize(("geometry", "expected"), GEOMETRIES.values(), ids=GEOMETRIES)
def test_a_geometry_that_does_not_fit_is_named(folder: Path, geometry: str, expected: str) -> None:
    assert expected in refusal(folder, edited(POLYGON, geometry))


@pytest.mark.parametrize(("old", "new", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_a_relationship_that_does_not_fit_is_named(folder: Path, old: str, new: str, expected: str) -> None:
    text = edited("indexes:", REFERENCE).replace(old, new)
    assert expected in refusal(folder, text)


def test_what_fits_is_read(folder: Path) -> None:
    dataset = load(folder, edited(POLYGON, POINT + LINE).replace("indexes:", REFERENCE))
    point, line = dataset.geometry
    assert point.coordinates is not None
    assert (point.coordinates.latitude, point.coordinates.tolerance) == ("acres", 0.0001)
    assert line.starts_at is not None
    assert (line.starts_at.point, line.starts_at.metres) == ("geom_point", 100)
    (relationship,) = dataset.relationships
    assert (relationship.severity, relationship.most_unknown) == ("info", 0.01)


def test_names_of_private_persons_are_sensitive() -> None:
    assert load_dataset("landtrac-leases").sensitive == {"grantor_name", "grantor_address"}
    assert load_dataset("wells").sensitive == set()
    persons = {"contact_name", "contact_phone"}
    offices = {"operator_address", "operator_zip"}
    assert load_dataset("permits").sensitive == persons | offices
    contacts = {
        f"{who}_{what}" for who in ("operator", "contractor") for what in ("contact", "phone", "address", "zip")
    }
    assert load_dataset("active-rigs").sensitive == contacts | {"contractor_email", "directions_to_location"}
