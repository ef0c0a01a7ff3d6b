"""What a suite says of types, keys, geometries and references follows from the catalog."""

from typing import Any

import pytest

from enverus_elt.catalog import Dataset
from enverus_elt.suites import generated, read, unknown_columns, write

POINT = {"name": "geom_point", "source": "P", "type": "Point", "extent": [-180, 14, -50, 84]}
LINE = {"name": "geom_line", "source": "L", "type": "LineString"}
POLYGON = {"name": "geom_poly", "source": "Geom_Poly", "type": "MultiPolygon"}
PLACES = [
    {"name": "lat", "source": "Lat", "type": "double precision"},
    {"name": "lon", "source": "Lon", "type": "double precision"},
]


def changed(leases: Dataset, **fields: Any) -> Dataset:
    return Dataset.model_validate({**leases.model_dump(), **fields})


def shaped(leases: Dataset, *geometry: dict[str, Any]) -> Dataset:
    columns = [*leases.model_dump()["columns"], *PLACES]
    return changed(leases, geometry=list(geometry), columns=columns)


def about(dataset: Dataset, column: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The expectations about a column, by what they are about: severity and arguments."""
    prefixes = ("expect_column_geometries_to_", "expect_column_", "expect_")
    found = {}
    for item in generated(dataset):
        if item["kwargs"].get("column") == column:
            kind = next(item["type"].removeprefix(p) for p in prefixes if item["type"].startswith(p))
            found[kind] = (item["severity"], {k: v for k, v in item["kwargs"].items() if k != "column"})
    return found


def test_every_generated_expectation_is_marked(leases: Dataset) -> None:
    assert all(item["meta"] == {"generated": True} for item in generated(leases))


def test_the_types_are_the_staged_tables(leases: Dataset) -> None:
    (found,) = (e for e in generated(leases) if e["type"] == "expect_table_columns_to_have_types")
    types = found["kwargs"]["types"]
    assert found["severity"] == "critical"
    assert types["county"] == "varchar(32)"
    assert types["updated_date"] == "timestamptz"
    assert types["geom_poly"] == "geometry(Geometry, 4326)"
    (ordered,) = (e for e in generated(leases) if e["type"] == "expect_table_columns_to_match_ordered_list")
    assert list(types) == ordered["kwargs"]["column_list"]


@pytest.mark.parametrize(("mode", "severity"), [("snapshot", "warning"), ("incremental", "info")])
def test_a_key_twice_is_worse_in_a_snapshot(leases: Dataset, mode: str, severity: str) -> None:
    dataset = changed(leases, load={**leases.load.model_dump(), "mode": mode, "key": ["lease_id", "updated_date"]})
    key = ["lease_id", "updated_date"]
    assert about(dataset, "lease_id")["keys_to_be_unique"] == (severity, {"key": key})


def test_a_point_is_of_its_type_and_within_the_extent(leases: Dataset) -> None:
    assert about(shaped(leases, POINT), "geom_point") == {
        "be_of_type": ("critical", {"types": ["Point"]}),
        "lie_within": ("critical", {"extent": [-180, 14, -50, 84]}),
    }


def test_a_wrapped_type_is_expected_with_its_parts(leases: Dataset) -> None:
    assert about(leases, "geom_poly")["be_of_type"] == ("critical", {"types": ["MultiPolygon", "Polygon"]})


@pytest.mark.parametrize(
    ("extent", "asked"),
    [(None, True), ([-10, -10, 10, 10], True), ([0, 0, 1, 1], True), ([1, -5, 9, 5], False), ([-5, 1, 5, 9], False)],
)
def test_zero_is_asked_for_only_where_the_extent_holds_it(leases: Dataset, extent: Any, asked: bool) -> None:
    assert ("not_lie_at_zero" in about(shaped(leases, {**POINT, "extent": extent}), "geom_point")) is asked


@pytest.mark.parametrize(
    ("repair", "expected"),
    [("none", ("warning", {})), ("make_valid", ("warning", {"mostly": 0.95})), ("quarantine", ("critical", {}))],
)
def test_what_is_not_valid_is_as_bad_as_its_repair_says(leases: Dataset, repair: str, expected: Any) -> None:
    assert about(shaped(leases, {**POLYGON, "repair": repair}), "geom_poly")["be_valid"] == expected


def test_a_geometry_that_must_be_there_is_expected(leases: Dataset) -> None:
    assert about(shaped(leases, {**POINT, "nullable": False}), "geom_point")["values_to_not_be_null"][0] == "critical"


def test_a_point_is_where_its_coordinates_say_and_a_line_starts_there(leases: Dataset) -> None:
    point = {**POINT, "coordinates": {"latitude": "lat", "longitude": "lon"}}
    dataset = shaped(leases, point, {**LINE, "starts_at": {"point": "geom_point", "metres": 50}})
    assert about(dataset, "geom_point")["points_to_match_coordinates"] == (
        "warning",
        {"latitude": "lat", "longitude": "lon", "tolerance": 0.0001},
    )
    assert about(dataset, "geom_line")["lines_to_start_at_point"] == ("warning", {"point": "geom_point", "metres": 50})


def test_a_relationship_is_looked_up_in_core(leases: Dataset) -> None:
    reference = {"columns": ["lease_id", "county"], "refers_to": "all-leases", "to": ["id_of_lease", "name"]}
    dataset = changed(leases, relationships=[reference, {**reference, "severity": "warning", "most_unknown": 0.2}])
    first, second = (e for e in generated(dataset) if e["type"] == "expect_column_values_to_refer_to_known_rows")
    assert first["severity"] == "info"
    assert first["kwargs"] == {
        "column": "lease_id",
        "refers_to": "core.all_leases",
        "match": {"lease_id": "id_of_lease", "county": "name"},
        "mostly": 0.99,
    }
    assert (second["severity"], second["kwargs"]["mostly"]) == ("warning", 0.8)


# Columns that hand-written expectations name

SELECTED = {"type": "comparison", "column": {"name": "colour"}, "operator": "==", "parameter": "US"}


@pytest.mark.parametrize(
    ("kwargs", "strangers"),
    [
        ({"column": "acres", "other": "county"}, ""),
        ({"column": "acers"}, "acers"),
        ({"column_A": "acres", "column_B": "hectares"}, "hectares"),
        ({"column_list": ["acres", "x", "y"]}, "x, y"),
        ({"column": "acres", "match": {"lease": "id"}}, "lease"),
        ({"column": "acres", "row_condition": SELECTED}, "colour"),
        ({"column": "acres", "row_condition": {"type": "and", "conditions": [SELECTED]}}, "colour"),
    ],
)
def test_a_column_that_the_dataset_does_not_have_is_named(
    leases: Dataset, kwargs: dict[str, Any], strangers: str
) -> None:
    suite = {"name": "test-leases", "expectations": [{"type": "expect_it", "kwargs": kwargs}]}
    expected = f"test-leases.json: expectation 1, expect_it: no column of the dataset: {strangers}"
    assert list(unknown_columns(leases, suite)) == ([expected] if strangers else [])


def test_what_is_generated_names_no_unknown_column(leases: Dataset, folder: Any) -> None:
    write(leases, folder)
    assert list(unknown_columns(leases, read(leases, folder))) == []
