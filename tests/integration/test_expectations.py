"""The project's own expectations on real PostGIS: each fails for the one thing it is about, and for nothing else."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.warehouse import sqlalchemy_url
from enverus_elt.steps.expectations import Outcome, run_suite
from enverus_elt.suites import read
from tests.services.site import Site

COLUMNS = {
    "key_a": "bigint",
    "key_b": "text",
    "well_id": "bigint",
    "well_part": "integer",
    "spud_date": "timestamp",
    "plug_date": "timestamp",
    "latitude": "double precision",
    "longitude": "double precision",
    "geom_point": "geometry",
    "geom_line": "geometry",
    "geom_poly": "geometry",
}
SHAPES = ("geom_point", "geom_line", "geom_poly")
EXPECTED: list[tuple[str, dict[str, Any]]] = [
    *(("geometries_to_have_srid", {"column": shape, "srid": 4326}) for shape in SHAPES),
    *(("geometries_to_be_two_dimensional", {"column": shape}) for shape in SHAPES),
    *(("geometries_to_be_valid", {"column": shape}) for shape in SHAPES),
    *(("geometries_to_lie_within", {"column": shape, "extent": [-120, -1, 1, 60]}) for shape in SHAPES),
    *(("geometries_to_not_lie_at_zero", {"column": shape}) for shape in SHAPES),
    ("geometries_to_be_of_type", {"column": "geom_point", "types": ["Point"]}),
    ("geometries_to_be_of_type", {"column": "geom_line", "types": ["MultiLineString", "LineString"]}),
    ("geometries_to_be_of_type", {"column": "geom_poly", "types": ["MultiPolygon", "Polygon"]}),
    (
        "points_to_match_coordinates",
        {"column": "geom_point", "latitude": "latitude", "longitude": "longitude", "tolerance": 0.001},
    ),
    ("lines_to_start_at_point", {"column": "geom_line", "point": "geom_point", "metres": 100}),
    ("keys_to_be_unique", {"column": "key_a", "key": ["key_a", "key_b"]}),
    ("values_to_not_exceed_column", {"column": "spud_date", "other": "plug_date"}),
    (
        "values_to_refer_to_known_rows",
        {"column": "well_id", "refers_to": "staging.known", "match": {"well_id": "well_id", "well_part": "part"}},
    ),
]
GOOD: dict[str, str] = {
    "key_a": "1",
    "key_b": "'a'",
    "well_id": "7",
    "well_part": "1",
    "spud_date": "'2020-01-01'",
    "plug_date": "'2020-01-01'",
    "latitude": "30.0005",
    "longitude": "-90",
    "geom_point": "st_setsrid(st_makepoint(-90, 30), 4326)",
    "geom_line": "'SRID=4326;MULTILINESTRING((-90.0005 30, -90 31))'",
    "geom_poly": "'SRID=4326;MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))'",
}
# What is wrong with one row, and the only expectation that it fails.
BROKEN: dict[str, tuple[dict[str, str], str]] = {
    "another SRID": ({"geom_poly": "'SRID=4269;POLYGON((0 0, 1 0, 1 1, 0 0))'"}, "geometries_to_have_srid geom_poly"),
    "Z": (
        {"geom_poly": "'SRID=4326;POLYGON Z((0 0 1, 1 0 1, 1 1 1, 0 0 1))'"},
        "geometries_to_be_two_dimensional geom_poly",
    ),
    "M": (
        {"geom_poly": "'SRID=4326;POLYGON M((0 0 1, 1 0 1, 1 1 1, 0 0 1))'"},
        "geometries_to_be_two_dimensional geom_poly",
    ),
    "crosses itself": (
        {"geom_poly": "'SRID=4326;POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))'"},
        "geometries_to_be_valid geom_poly",
    ),
    "outside": ({"geom_poly": "'SRID=4326;POLYGON((0 0, 9 0, 9 9, 0 0))'"}, "geometries_to_lie_within geom_poly"),
    "at zero": (
        {"geom_point": "'SRID=4326;POINT(0 0)'", "latitude": "0", "longitude": "0", "geom_line": "NULL"},
        "geometries_to_not_lie_at_zero geom_point",
    ),
    "another type": (
        {"geom_point": "'SRID=4326;LINESTRING(-91 31, -90 30)'", "geom_line": "NULL"},
        "geometries_to_be_of_type geom_point",
    ),
    "empty point": ({"geom_point": "'SRID=4326;POINT EMPTY'"}, "geometries_to_be_of_type geom_point"),
    "empty line": ({"geom_line": "'SRID=4326;LINESTRING EMPTY'"}, "geometries_to_be_of_type geom_line"),
    "empty polygon": ({"geom_poly": "'SRID=4326;MULTIPOLYGON EMPTY'"}, "geometries_to_be_of_type geom_poly"),
    "latitude elsewhere": ({"latitude": "30.002"}, "points_to_match_coordinates geom_point"),
    "longitude elsewhere": ({"longitude": "-90.002"}, "points_to_match_coordinates geom_point"),
    "coordinates swapped": ({"latitude": "-90", "longitude": "30"}, "points_to_match_coordinates geom_point"),
    "starts elsewhere": (
        {"geom_line": "'SRID=4326;LINESTRING(-90.002 30, -90 31)'"},
        "lines_to_start_at_point geom_line",
    ),
    "wrapped line elsewhere": (
        {"geom_line": "'SRID=4326;MULTILINESTRING((-90.002 30, -90 31))'"},
        "lines_to_start_at_point geom_line",
    ),
    "key twice": ({"key_a": "0", "key_b": "'zero'"}, "keys_to_be_unique key_a"),
    "plugged before it was spudded": ({"plug_date": "'2019-12-31'"}, "values_to_not_exceed_column spud_date"),
    "unknown row": ({"well_id": "8"}, "values_to_refer_to_known_rows well_id"),
    "unknown part": ({"well_part": "2"}, "values_to_refer_to_known_rows well_id"),
}
# What must fail nothing, next to a row of nulls.
FINE: dict[str, dict[str, str]] = {
    "all is well": {},
    "no coordinates": {"latitude": "NULL", "longitude": "NULL"},
    "half a key": {"key_b": "'zero'"},
    "refers to nothing": {"well_part": "NULL"},
    "not plugged": {"plug_date": "NULL"},
    "a single line": {"geom_line": "'SRID=4326;LINESTRING(-90 30, -90 31)'"},
    "no point to start at": {"geom_point": "NULL"},
}


def suite(*items: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    expectations = [{"type": f"expect_column_{kind}", "kwargs": kwargs, "meta": {}} for kind, kwargs in items]
    return {"name": "probe", "expectations": expectations}


def judged(items: list[tuple[str, dict[str, Any]]]) -> Outcome:
    return run_suite(sqlalchemy_url(), suite(*items), "probe", "Probe")


def failed(items: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [f"{f.expectation.removeprefix('expect_column_')} {f.column}" for f in judged(items).failures]


def insert(conn: psycopg.Connection[Any], values: dict[str, str]) -> None:
    row = {**GOOD, **values}
    conn.execute(f"INSERT INTO staging.probe ({', '.join(row)}) VALUES ({', '.join(row.values())})")


@pytest.fixture
def probe(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A table without any constraint that holds a row of nulls and a good one."""
    with site.warehouse() as conn:
        conn.execute(f"CREATE TABLE staging.probe ({', '.join(f'{name} {type_}' for name, type_ in COLUMNS.items())})")
        conn.execute("CREATE TABLE staging.known (well_id bigint, part integer)")
        conn.execute("INSERT INTO staging.known VALUES (7, 1)")
        conn.execute("INSERT INTO staging.probe DEFAULT VALUES")
        insert(conn, {"key_a": "0", "key_b": "'zero'"})
        yield conn


def test_a_broken_row_fails_the_one_expectation_that_it_breaks(probe: psycopg.Connection[Any]) -> None:
    found = {}
    for case, (values, _) in BROKEN.items():
        insert(probe, values)
        found[case] = failed(EXPECTED)
        probe.execute("DELETE FROM staging.probe WHERE ctid = (SELECT max(ctid) FROM staging.probe)")
    assert found == {case: [expectation] for case, (_, expectation) in BROKEN.items()}


def test_a_coordinate_that_is_no_number_lies_nowhere(probe: psycopg.Connection[Any]) -> None:
    insert(probe, {"geom_line": "'SRID=4326;LINESTRING(-90 30, NaN 31)'"})
    assert failed(EXPECTED) == ["geometries_to_be_valid geom_line", "geometries_to_lie_within geom_line"]


def test_a_key_costs_as_much_per_row_in_a_large_batch(probe: psycopg.Connection[Any]) -> None:
    """PostgreSQL reckons with more repeated keys than it may hash here; looking them up one by one would take hours."""
    probe.execute("INSERT INTO staging.probe (key_a, key_b) SELECT n, 'n' FROM generate_series(100, 1200000) AS n")
    probe.execute("ANALYZE staging.probe")
    options = f"{sqlalchemy_url().query['options']} -c work_mem=4MB -c statement_timeout=60s"
    url = sqlalchemy_url().update_query_dict({"options": options})
    unique = suite(("keys_to_be_unique", {"column": "key_a", "key": ["key_a", "key_b"]}))
    assert not run_suite(url, unique, "probe", "Probe").failures
    probe.execute("INSERT INTO staging.probe (key_a, key_b) VALUES (100, 'n'), (100, 'n'), (200, 'n')")
    (failure,) = run_suite(url, unique, "probe", "Probe").failures
    assert failure.unexpected == 5


def test_rows_without_fault_and_nulls_fail_nothing(probe: psycopg.Connection[Any]) -> None:
    for number, values in enumerate(FINE.values(), start=1):
        insert(probe, {"key_a": str(number), **values})
    assert judged(EXPECTED).failures == []


def test_how_many_rows_are_at_fault_is_told_and_some_may_be(probe: psycopg.Connection[Any]) -> None:
    insert(probe, {"spud_date": "'2021-01-01'"})
    kwargs = {"column": "spud_date", "other": "plug_date"}
    (failure,) = judged([("values_to_not_exceed_column", kwargs)]).failures
    assert failure.unexpected == 1
    assert judged([("values_to_not_exceed_column", {**kwargs, "mostly": 0.5})]).failures == []


def test_a_table_that_was_never_loaded_knows_no_row_and_blames_none(probe: psycopg.Connection[Any]) -> None:
    probe.execute("DELETE FROM staging.known")
    assert judged(EXPECTED[-1:]).failures == []


def test_a_table_is_expected_to_have_its_types(probe: psycopg.Connection[Any]) -> None:
    types = {"geom_point": "geometry(Point, 4326)", "key_b": "varchar(8)", "spud_date": "timestamptz", "part": "text"}
    wrong = {"type": "expect_table_columns_to_have_types", "kwargs": {"types": {**COLUMNS, **types}}, "meta": {}}
    outcome = run_suite(sqlalchemy_url(), {"name": "probe", "expectations": [wrong]}, "probe", "Probe")
    assert [failure.expectation for failure in outcome.failures] == [wrong["type"]]
    for name, found in (("geom_point", "geometry"), ("key_b", "text"), ("spud_date", "timestamp without time zone")):
        assert f"{name} is {found}" in outcome.record.replace("(geometry,-1)", "")
    assert "part is missing, not text" in outcome.page
    assert "latitude is" not in outcome.record


def test_the_page_reads_as_sentences(probe: psycopg.Connection[Any]) -> None:
    insert(probe, BROKEN["starts elsewhere"][0])
    words = " ".join(judged(EXPECTED).page.replace(">", "> ").split())
    assert "lines must start within" in words
    assert "1 of 2 rows that have a value: the line starts elsewhere." in words
    assert "expect_column_" not in words


def test_rows_at_fault_are_counted_and_never_shown(probe: psycopg.Connection[Any]) -> None:
    insert(probe, {"key_b": "'somebody'"})
    query = {"unexpected_rows_query": "SELECT key_b FROM {batch} WHERE key_a = 1"}
    by_query = {"type": "unexpected_rows_expectation", "kwargs": query, "meta": {}}
    same = {"column_A": "key_a", "column_B": "well_id"}
    by_pair = {"type": "expect_column_pair_values_to_be_equal", "kwargs": same, "meta": {}}
    outcome = run_suite(sqlalchemy_url(), {"name": "probe", "expectations": [by_query, by_pair]}, "probe", "Probe")
    assert len(outcome.failures) == 2
    assert "somebody" not in outcome.record + outcome.page


@pytest.mark.parametrize("dataset_id", ["wells", "landtrac-leases"])
def test_the_number_of_statements_does_not_follow_the_number_of_expectations(site: Site, dataset_id: str) -> None:
    """Four describe the table, one counts its rows, one is for all expectations; two more where rows are selected."""
    dataset = load_dataset(dataset_id)
    with site.warehouse() as conn:
        conn.execute(f"CREATE TABLE staging.probe AS TABLE staging.{dataset.staging_table}")
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        run_suite(sqlalchemy_url(), read(dataset), "probe", "Probe")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    conditions = any("row_condition" in item["kwargs"] for item in read(dataset)["expectations"])
    assert len(statements) <= (8 if conditions else 6), statements
    assert not [statement for statement in statements if "unexpected_values" in statement]
