"""Points that are made of two columns, and geometries with Z: what the catalog takes, and what comes of it."""

from pathlib import Path

import pytest

from enverus_elt.catalog import Dataset
from enverus_elt.catalog.vendor_ddl import differences
from enverus_elt.schema.migration_files import create_ddl
from enverus_elt.steps.casting import castable_checks, staged_types
from enverus_elt.steps.csv_rows import RowEncoder
from enverus_elt.suites import generated
from tests.unit.catalog_files import edited, load, refusal

POLYGON = "  - {name: geom_poly, source: Geom_Poly, type: MultiPolygon, srid: 4326}\n"
MADE = "  - {name: geom_point, from: {longitude: lon, latitude: lat}, type: Point}\n"
HIGH = "  - {name: geom_high_point, source: XYZ, type: Point, z: true}\n"
COLUMNS = """\
  - {name: lon, source: Lon, type: double precision}
  - {name: lat, source: Lat, type: real}
"""

REFUSED = {
    "no origin": (
        MADE.replace("from: {longitude: lon, latitude: lat}, ", ""),
        "leases.yaml:17: geometry.0: geom_point: say either source, a field with WKT, or from, two columns of degrees",
    ),
    "two origins": (MADE.replace("from:", "source: P, from:"), "geom_point: say either source"),
    "no column": (
        MADE.replace("lon,", "east,"),
        "geom_point: from.longitude names no numeric column: east",
    ),
    "text": (MADE.replace("lat}", "county}"), "geom_point: from.latitude names no numeric column: county"),
    "half a pair": (MADE.replace(", latitude: lat", ""), "geometry.0.from.latitude: Field required"),
    "its name in Python": (MADE.replace("from:", "made_from:"), "geometry.0.made_from: Extra inputs"),
    "a line": (
        MADE.replace("geom_point", "geom_line").replace("Point", "LineString"),
        "geom_line: from makes a Point in degrees without z, not LineString, 4326",
    ),
    "metres": (
        MADE.replace("Point}", "Point, srid: 32614}"),
        "from makes a Point in degrees without z, not Point, 32614",
    ),
    "height": (MADE.replace("Point}", "Point, z: true}"), "from makes a Point in degrees without z, not PointZ, 4326"),
    "compared with itself": (
        MADE.replace("Point}", "Point, coordinates: {longitude: lon, latitude: lat}}"),
        "coordinates compares a point with the columns it is made from: drop it",
    ),
}


def with_geometry(*geometry: str) -> str:
    return edited(POLYGON, "".join(geometry)).replace("columns:\n", f"columns:\n{COLUMNS}")


@pytest.fixture
def leases(folder: Path) -> Dataset:
    return load(folder, with_geometry(MADE, HIGH))


@pytest.mark.parametrize(("geometry", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_point_is_named(folder: Path, geometry: str, expected: str) -> None:
    assert expected in refusal(folder, with_geometry(geometry))


def test_a_made_point_is_no_field_of_the_source(leases: Dataset) -> None:
    assert leases.fields == ("Lon", "Lat", "LeaseID", "County", "Acres", "UpdatedDate", "DeletedDate", "XYZ")
    assert RowEncoder(leases).columns[-1] == "geom_high_point"
    assert "geom_point" not in staged_types(leases)
    assert "geom_point" not in {check.column for check in castable_checks(leases)}


def test_a_point_is_left_out_with_a_column_that_it_is_made_of(leases: Dataset) -> None:
    assert leases.columns_of(["Lat", "County"]) == ["lat", "county", "geom_point"]
    assert leases.columns_of(["County", "XYZ"]) == ["county", "geom_high_point"]


def test_a_point_that_core_demands_demands_its_columns(folder: Path) -> None:
    dataset = load(folder, with_geometry(MADE.replace("Point}", "Point, nullable: false}")))
    assert dataset.required_fields == {"LeaseID", "UpdatedDate", "Lon", "Lat"}


def test_staging_makes_the_point_and_core_holds_it(leases: Dataset) -> None:
    core, staging = create_ddl(leases, depends="001_x").split("SET ROLE enverus_loader;")
    assert '"geom_point" geometry(Point, 4326),' in core
    made = 'st_setsrid(st_makepoint("lon", "lat"), 4326)'
    assert f'"geom_point" geometry(Geometry, 4326) GENERATED ALWAYS AS ({made}) STORED,' in staging


def test_three_dimensions_are_of_the_type(leases: Dataset) -> None:
    core, staging = create_ddl(leases, depends="001_x").split("SET ROLE enverus_loader;")
    assert '"geom_high_point" geometry(PointZ, 4326),' in core
    assert '"geom_high_point" geometry(GeometryZ, 4326),' in staging
    assert staged_types(leases)["geom_high_point"] == "geometry(GeometryZ,4326)"
    types = next(e for e in generated(leases) if e["type"] == "expect_table_columns_to_have_types")["kwargs"]["types"]
    assert types["geom_high_point"] == "geometry(GeometryZ, 4326)"
    assert types["geom_point"] == "geometry(Geometry, 4326)"


def test_a_made_point_is_not_missed_in_the_vendors_ddl(leases: Dataset) -> None:
    fields = {"Lon": "DOUBLE PRECISION", "Lat": "REAL", "LeaseID": "BIGINT", "County": "TEXT", "Acres": "REAL"}
    fields |= dict.fromkeys(("UpdatedDate", "DeletedDate"), "TIMESTAMP WITHOUT TIME ZONE") | {"XYZ": "TEXT"}
    columns = "\n".join(f"{name} {kind}," for name, kind in fields.items())
    assert differences(leases, f"CREATE TABLE x (\n{columns}\nCONSTRAINT x_pkey PRIMARY KEY (leaseid));") == []


def test_a_dataset_survives_being_written_and_read(leases: Dataset) -> None:
    assert Dataset.model_validate(leases.model_dump()) == leases
    assert Dataset.model_validate_json(leases.model_dump_json()) == leases
