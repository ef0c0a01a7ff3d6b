"""What a review finds, and what it never shows."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from enverus_elt.catalog import Dataset
from enverus_elt.onboarding.qa.catalog_review import review_catalog
from enverus_elt.onboarding.qa.ddl_review import review_ddl
from enverus_elt.onboarding.qa.findings import Finding, Severity, by_severity
from enverus_elt.onboarding.qa.geometry_review import review_geometry
from enverus_elt.onboarding.qa.review import Review, facts, grouped, save_workbook
from enverus_elt.onboarding.qa.sample import measure
from enverus_elt.onboarding.qa.sample_review import review_sample
from enverus_elt.onboarding.qa.values import refusal_of
from enverus_elt.sources.base import Page
from tests.unit.conftest import LEASES

SQUARE = "POLYGON((-97 30, -96 30, -96 31, -97 31, -97 30))"
GOOD = {"LeaseID": 1, "Acres": 2.5, "County": "KERN", "Country": "US", "Federal": True, "Remarks": "none",
        "UpdatedDate": "2024-05-01T00:00:00", "DeletedDate": "NULL", "Geom_Poly": SQUARE}  # fmt: skip


def dataset(*columns: dict[str, Any], **changes: Any) -> Dataset:
    known: Any = LEASES["columns"]
    by_name = {column["name"]: column for column in known}
    for column in columns:
        by_name[column["name"]] = {**by_name.get(column["name"], {}), **column}
    return Dataset.model_validate({**LEASES, **changes, "columns": list(by_name.values())})


def of_rows(reviewed: Dataset, *rows: Any) -> dict[str, list[Finding]]:
    """The findings of a sample, by place, without those that good rows have as well."""
    sample = measure(reviewed, [Page(list(rows), plain=False)], total=100)
    usual = ("a text without a bound", "the sample lies within")
    found: dict[str, list[Finding]] = {}
    for finding in (*review_sample(reviewed, sample), *review_geometry(reviewed, sample)):
        if not finding.what.startswith(usual):
            found.setdefault(finding.where, []).append(finding)
    return found


def of_value(field: str, value: Any, **column: Any) -> list[Finding]:
    reviewed = dataset(column) if column else dataset()
    return [f for found in of_rows(reviewed, GOOD, {**GOOD, "LeaseID": 2, field: value}).values() for f in found]


def test_good_rows_are_nothing_to_speak_of() -> None:
    assert of_rows(dataset(), GOOD, {**GOOD, "LeaseID": 2, "Acres": None, "County": "", "Remarks": "NULL"}) == {}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("LeaseID", 2**63, "a whole number out of the type's range"),
        ("LeaseID", 1.5, "no whole number"),
        ("LeaseID", "many", "no whole number"),
        ("Acres", "1,234", "no number"),
        ("Acres", "NaN", "text that stands for no finite number"),
        ("Acres", float("inf"), "inf where a number belongs"),
        ("County", "x" * 33, "longer than the column"),
        ("Federal", "perhaps", "no boolean"),
        ("UpdatedDate", "2024-02-30T00:00:00", "no time of the calendar"),
        ("UpdatedDate", "01/02/2024", "a JSON str that is no ISO time"),
        ("Remarks", {"nested": 1}, "a JSON dict where a single value belongs"),
        ("Remarks", "nul\0", "text with a NUL character"),
        ("Geom_Poly", "POLYGON((0 0, 1 1))", "no WKT"),
        ("Geom_Poly", "POINT(-97 30)", "not MultiPolygon: Point (1)"),
        ("Geom_Poly", f"SRID=4267;{SQUARE}", "1 values say SRID 4267, not 4326"),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_an_error(field: str, value: Any, why: str) -> None:
    (finding,) = of_value(field, value)
    assert (finding.severity, finding.where) == (Severity.ERROR, dataset().field_columns[field])
    assert why in finding.what
    assert finding.todo


@pytest.mark.parametrize(
    ("sql_type", "good", "bad"),
    [
        ("smallint", ["-32768", "+1", " 7 "], ["32768", "1.0", "0x1"]),
        ("integer", ["2147483647"], ["2147483648", ""]),
        ("real", ["1e38", "-0", "1e-45", "1."], ["1e39", "1e-60", "abc"]),
        ("double precision", ["1e308"], ["1e309"]),
        ("numeric(5,2)", ["999.99", "999.994", "-1e2"], ["999.995", "1000", "x"]),
        ("numeric", ["1e400"], ["x"]),
        ("boolean", ["True", "f", "1", "OFF"], ["2", "ja"]),
        ("date", ["2024-02-29", "2024-02-29T10:00:00"], ["2023-02-29", "2024-13-01"]),
        ("timestamptz", ["2024-05-01 10:00:00 +02", "2024-05-01T10:00:00.1234567Z"], ["2024-05-01T25:00:00"]),
        ("varchar(3)", ["abc", "äöü", "abc   "], ["abcd"]),
        ("text", ["x" * 100_000], []),
    ],
)
def test_types_take_what_postgresql_takes(sql_type: str, good: list[str], bad: list[str]) -> None:
    column = dataset({"name": "own", "source": "Own", "type": sql_type}).by_name["own"]
    refuse = refusal_of(column)
    assert [text for text in good if refuse(text)] == []
    assert [text for text in bad if not refuse(text)] == []


def test_keys_that_are_there_twice_and_values_that_are_missing_are_errors() -> None:
    found = of_rows(dataset(), GOOD, GOOD, {**GOOD, "LeaseID": None}, {**GOOD, "LeaseID": 3, "UpdatedDate": "NULL"})
    assert [f.what for f in found["lease_id"]] == [
        "1 keys are there more than once in 4 rows, (1) among them",
        "1 of 4 rows have no value, but it is not nullable",
    ]
    assert [f.what for f in found["updated_date"]] == ["1 of 4 rows have no value, but it is not nullable"]


def test_rows_that_are_none_are_counted_without_a_column() -> None:
    found = of_rows(dataset(), GOOD, ["a list"], {"bad\0name": 1})
    assert {finding.what.partition(": ")[0] for finding in found["test-leases"]} == {"1 of 3 rows"}


def test_fields_that_the_source_does_not_have_and_those_it_has_besides_are_told() -> None:
    row = {field: value for field, value in GOOD.items() if field not in ("UpdatedDate", "County")}
    found = of_rows(dataset(), {**row, "New_Field": 1})
    assert [(f.severity.value, f.what) for f in found["updated_date"]] == [
        ("error", "no row of the sample has the field"),
        ("error", "1 of 1 rows have no value, but it is not nullable"),
    ]
    assert found["county"][0].severity is Severity.WARNING
    assert found["New_Field"][0].what == "rows have a field that the catalog does not know"


def test_texts_that_fill_their_column_may_be_cut_off_and_unbounded_ones_are_measured() -> None:
    assert of_value("County", "x" * 32)[0].what == "values fill all 32 characters: some may be cut off"
    sample = measure(dataset(), [Page([GOOD], plain=True)], total=1)
    (note,) = [f for f in review_sample(dataset(), sample) if f.where == "remarks"]
    assert (note.severity, note.what) == (Severity.NOTE, "a text without a bound; the longest value has 4 characters")


def test_a_source_without_rows_is_said() -> None:
    assert [f.what for f in of_rows(dataset())["test-leases"]] == ["the source has no rows to look at"]


# Geometry


def placed(*shapes: str, **geometry: Any) -> list[tuple[str, str]]:
    base = {"name": "geom_poly", "source": "Geom_Poly", "type": "MultiPolygon", **geometry}
    rows = [{**GOOD, "LeaseID": number, "Geom_Poly": shape} for number, shape in enumerate(shapes)]
    found = of_rows(dataset(geometry=[base]), *rows)
    return [(finding.severity.value, finding.what) for finding in found.get("geom_poly", [])]


def test_geometries_are_held_against_their_extent() -> None:
    extent = [-180, 14, -50, 84]
    swapped = "POLYGON((30 -97, 31 -97, 31 -96, 30 -96, 30 -97))"
    assert placed(SQUARE, extent=extent) == []
    assert placed(swapped, extent=extent) == [("error", "1 of 1 lie outside of -180, 14, -50, 84")]
    assert placed(*[SQUARE] * 30, swapped, extent=extent) == [("warning", "1 of 31 lie outside of -180, 14, -50, 84")]
    far = "POLYGON((500000 0, 500001 0, 500001 1, 500000 0))"
    assert placed(far) == [("error", "1 of 1 lie outside of -180, -90, 180, 90")]
    assert placed(far, srid=26915) == []


def test_what_geometries_are_besides_is_told() -> None:
    bow = "POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))"
    assert placed(bow) == [("warning", "1 are not valid: they are stored as they are")]
    assert placed(bow, repair="make_valid") == [("note", "1 are not valid: they are mended")]
    assert placed("POLYGON EMPTY") == [("warning", "1 are EMPTY: they are set aside")]
    high = "POLYGON Z((0 0 5, 1 0 5, 1 1 5, 0 0 5))"
    assert placed(high) == [("error", "1 are not in two dimensions: they are set aside")]
    assert placed(high, z=True) == []
    assert placed(SQUARE, z=True) == [("error", "1 are not in three dimensions: they are set aside")]
    assert placed("NULL") == [("warning", "none of 1 rows has a geometry")]
    assert placed("", nullable=False)[0] == ("error", "1 of 1 rows have no value, but it is not nullable")


# The catalog alone, and the vendor's DDL


SHAPES = (("geom_point", "P", "Point"), ("geom_poly", "G", "Polygon"))


def test_names_units_bounds_and_descriptions_are_looked_at() -> None:
    reviewed = dataset(
        {"name": "order", "source": "Order", "type": "text", "description": "Its order"},
        {"name": "depth_2", "source": "Depth", "type": "varchar(8)", "description": "Depth"},
        {"name": "gas_mcf", "source": "Gas_MCF", "type": "real", "unit": "BBL", "description": "Gas", "minimum": 0},
        {"name": "oil_bbl", "source": "Oil_BBL", "type": "real", "description": "Oil"},
        {"name": "contact_phone", "source": "ContactPhone", "type": "varchar(8)", "description": "Phone"},
        {"name": "latitude", "source": "Latitude", "type": "real", "description": "Latitude", "unit": "DEG"},
        {"name": "longitude", "source": "Longitude", "type": "real", "description": "Longitude", "unit": "DEG"},
        geometry=[dict(zip(("name", "source", "type"), shape, strict=True)) for shape in SHAPES],
    )
    text = 'owner: gis-data    # to be decided\ncron: "0 6 * * *"  # to be decided\nsla_hours: 3 # decided\n'
    found = [(f.severity.value, f.where, f.what) for f in review_catalog(reviewed, text)]
    assert ("error", "gas_mcf", "the unit is BBL, but the vendor's name says MCF") in found
    assert {(severity, where, what.partition(":")[0]) for severity, where, what in found} >= {
        ("note", "test-leases.yaml:1", "owner is to be decided, and is gis-data until then"),
        ("note", "order", "a reserved word of SQL"),
        ("warning", "depth_2", "a name that was only numbered, for another field has the same"),
        ("warning", "oil_bbl", "no unit, but the vendor's name says BBL"),
        ("note", "oil_bbl", "a number without bounds"),
        ("note", "contact_phone", "may be about a person, and is not sensitive"),
        ("warning", "county", "no description"),
        ("warning", "geom_point", "a geometry without an extent"),
        ("note", "geom_point", "latitude and longitude are not held against the point"),
        ("note", "geom_poly", "an outline that crosses itself is stored as it is"),
    }
    assert not any(where == "test-leases.yaml:3" for _, where, _ in found)
    assert not any(where in ("gas_mcf", "acres", "lease_id") and "bounds" in what for _, where, what in found)


def test_differences_to_the_vendors_ddl_are_findings() -> None:
    theirs = {
        "LeaseID": "TEXT", "Acres": "DOUBLE PRECISION", "NewOne": "INTEGER", "Country": "TEXT", "Remarks": "TEXT",
        "Federal": "BOOLEAN", "UpdatedDate": "TIMESTAMP", "DeletedDate": "TIMESTAMP", "Geom_Poly": "TEXT",
    }  # fmt: skip
    lines = [f"{field} {kind}," for field, kind in theirs.items()]
    ddl = "\n".join(["CREATE TABLE x (", *lines, "CONSTRAINT x_pkey PRIMARY KEY (leaseid,country));"])
    assert [(f.severity.value, f.where, f.what) for f in review_ddl(dataset(), ddl)] == [
        ("warning", "NewOne", "new at the vendor: vendor integer"),
        ("error", "lease_id", "another type: catalog bigint, vendor text"),
        ("error", "county", "not in the vendor's DDL: catalog varchar(32)"),
        ("error", "primary key", "another key: catalog leaseid, vendor leaseid, country"),
    ]


# What is never shown, and how it is told


def test_values_of_sensitive_columns_appear_nowhere(folder: Path) -> None:
    secret = "Jane Secret of 12 Hidden Lane, Kern County"
    key = {"name": "lease_id", "type": "varchar(60)", "sensitive": True}
    reviewed = dataset({"name": "county", "sensitive": True, "pattern": None}, key)
    rows = [{**GOOD, "LeaseID": secret, "County": secret}] * 2
    sample = measure(reviewed, [Page(rows, plain=False)], total=2)
    findings = [*review_sample(reviewed, sample), *review_geometry(reviewed, sample), *review_catalog(reviewed, "")]
    assert {f.what for f in findings} >= {
        "2 of 2 values: longer than the column; the type is varchar(32)",
        "1 keys are there more than once in 2 rows",
    }
    found = Review(reviewed, by_severity(findings), sample, None)
    save_workbook(found, folder / "qa.xlsx")
    cells = [str(c.value) for s in openpyxl.load_workbook(folder / "qa.xlsx") for row in s.iter_rows() for c in row]
    told = json.dumps(facts(found)) + "".join(map(str, grouped(findings))) + found.summary + "".join(cells)
    assert "Secret" not in told
    assert str(len(secret)) not in {cell for cell in cells if cell.isdecimal()}


def test_the_worst_is_first_and_like_findings_are_told_together(folder: Path) -> None:
    notes = [Finding(Severity.NOTE, f"c{number}", "no bounds", "say some") for number in range(9)]
    found = Review(dataset(), by_severity([*notes, Finding(Severity.ERROR, "lease_id", "bad", "fix")]), None, None)
    assert found.failed
    assert [(row["severity"], row["where"]) for row in grouped(found.findings)] == [
        ("error", "lease_id"),
        ("note", "c0, c1, c2, c3 and 5 more"),
    ]
    save_workbook(found, folder / "qa.xlsx")
    book = openpyxl.load_workbook(folder / "qa.xlsx")
    rows = list(book["findings"].iter_rows(values_only=True))
    assert rows[0][0] == "test-leases: 1 error, 0 warnings, 9 notes; the source was left out"
    assert rows[2] == ("Severity", "Where", "What", "To do")
    assert rows[3:5] == [("error", "lease_id", "bad", "fix"), ("note", "c0", "no bounds", "say some")]
    assert (book["findings"].freeze_panes, book["findings"].auto_filter.ref) == ("B4", "A3:D13")
    assert [row[0] for row in book["schema"].iter_rows(values_only=True)][1:] == list(dataset().all_names)
