"""What fails an expectation and what only keeps it from being evaluated; and that no value leaks from either."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.base import PGDialect

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import CatalogError, ExpectationError, TransientError
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.steps import validate as step
from enverus_elt.suites import read
from tests.services.site import DOCS, Site

LEASES = load_dataset("landtrac-leases")
SECRET = "Zacharias Quill Testperson"


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Expectations that are added to the dataset's own."""
    added: list[dict[str, Any]] = []
    shipped = read(LEASES)
    monkeypatch.setattr(step, "read", lambda _: {**shipped, "expectations": [*shipped["expectations"], *added]})
    return added


def expectation(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "severity": "critical", "kwargs": kwargs, "meta": {}}


def staged(site: Site) -> int:
    """A batch of few leases, one of them by a person whose name nobody is to be shown."""
    site.change(
        LEASES.id,
        {"LeaseID": 1, "UpdatedDate": "2018-01-01T00:00:00", "GrantorName": SECRET, "RecordNumber": "77"},
        {"LeaseID": 2, "UpdatedDate": "2018-01-01T00:00:00", "GrantorName": "Nobody", "RecordNumber": "77"},
        clear=True,
    )
    return site.staged(LEASES.id, "run")


def validate(site: Site, batch_id: int) -> step.Validated:
    with connect() as conn:
        return step.validate(conn, sqlalchemy_url(), site.store, LEASES, batch_id, docs_base_url=DOCS)


def evidence(site: Site, batch_id: int) -> dict[str, str]:
    keys = site.store.keys(f"data-docs/{LEASES.id}/{batch_id}/")
    return {key.rsplit("/", 1)[1]: site.store.get(key).decode() for key in keys}


@contextmanager
def before_counting(action: Any) -> Iterator[None]:
    """Do that on the connection just before the rows are counted."""

    def act(conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "unexpected_count" in statement:
            action(conn.connection.driver_connection)

    event.listen(Engine, "before_cursor_execute", act)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", act)


# Told apart


def test_a_geometry_that_nobody_can_describe_is_no_failed_expectation(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = staged(site)
    monkeypatch.delitem(PGDialect.ischema_names, "geometry")
    with pytest.raises(TransientError, match="could not be evaluated"):
        validate(site, batch_id)
    assert site.value("SELECT state FROM ops.load_batches") == "staged"


def test_a_connection_that_breaks_in_the_middle_is_no_failed_expectation(
    site: Site, suite: list[dict[str, Any]]
) -> None:
    suite.append(expectation("column_values_to_be_null", column="lease_id"))
    batch_id = staged(site)

    def end(connection: psycopg.Connection[Any]) -> None:
        site.value("SELECT pg_terminate_backend(%s)", connection.info.backend_pid)

    with before_counting(end), pytest.raises(TransientError, match="could not be evaluated"):
        validate(site, batch_id)
    assert site.value("SELECT state FROM ops.load_batches") == "staged"
    assert evidence(site, batch_id) == {}
    with pytest.raises(ExpectationError, match="expect_column_values_to_be_null of lease_id failed"):
        validate(site, batch_id)
    assert site.value("SELECT state FROM ops.load_batches") == "rejected"


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        (expectation("column_values_to_be_fine", column="acres"), "fine: there is no such expectation"),
        (expectation("column_values_to_be_between", column="acres", least=0), "least: extra fields not permitted"),
        (expectation("column_geometries_to_have_srid", column="geom_poly"), "srid: field required"),
        (
            {**expectation("column_values_to_be_null", column="acres"), "severity": "fatal"},
            "severity: value is not a valid",
        ),
    ],
    ids=["type", "argument", "missing", "severity"],
)
def test_a_suite_that_cannot_be_meant_is_a_mistake_of_its_author(
    site: Site, suite: list[dict[str, Any]], mistake: dict[str, Any], reason: str
) -> None:
    suite.append(mistake)
    with pytest.raises(CatalogError, match=rf"^landtrac-leases\.json: expectation \d+, expect_.*{reason}"):
        validate(site, staged(site))


# Sensitive values

SELECTED = {"type": "comparison", "column": {"name": "grantor_name"}, "operator": "==", "parameter": SECRET}
READING = [
    expectation("column_values_to_be_in_set", column="grantor_name", value_set=[SECRET]),
    expectation("column_values_to_not_be_in_set", column="grantor_name", value_set=[SECRET]),
    expectation("column_values_to_match_regex", column="grantor_name", regex=f"^{SECRET}"),
    expectation("column_distinct_values_to_equal_set", column="grantor_name", value_set=[SECRET]),
    expectation("column_distinct_values_to_be_in_set", column="grantor_name", value_set=["Nobody"]),
    expectation("column_most_common_value_to_be_in_set", column="grantor_name", value_set=["Nobody"]),
    expectation("column_values_to_be_unique", column="record_number", row_condition=SELECTED),
    expectation("column_pair_values_to_be_equal", column_A="grantor_name", column_B="grantee_name"),
    expectation("select_column_values_to_be_unique_within_record", column_list=["grantor_name", "grantee_name"]),
    {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "SELECT * FROM {batch}"}},
]
COMPLETE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["grantor_name"],
    "include_unexpected_rows": True,
}


def test_values_of_a_sensitive_column_are_in_no_result_and_on_no_page(
    site: Site, suite: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    for item in READING:
        sampled = {**item, "kwargs": {**item["kwargs"], "result_format": COMPLETE}}
        suite += [{**item, "severity": "warning"}, {**sampled, "severity": "warning"}]
    suite.append({**expectation("column_values_to_not_be_in_set", column="record_number", value_set=["77"])})
    suite[-1]["severity"] = "info"
    batch_id = staged(site)
    validated = validate(site, batch_id)
    assert validated.failed > len(READING)
    found = evidence(site, batch_id)
    assert {"index.html", "result.json", "profile.json", "profile.html", "map.html"} <= set(found)
    leaks = [name for name, text in found.items() if any(word in text for word in (SECRET, *SECRET.split(), "Nobody"))]
    assert leaks == []
    assert SECRET not in caplog.text
    assert "The column is sensitive" in found["index.html"]
    results = json.loads(found["result.json"])["results"]
    counts = {r["expectation_config"]["type"]: r["result"].get("unexpected_count") for r in results}
    assert [counts[item["type"]] for item in READING[:1] + READING[2:3]] == [1, 1]
    (shown,) = (r for r in results if r["expectation_config"]["kwargs"].get("value_set") == ["77"])
    assert shown["result"]["unexpected_count"] == 2  # of other columns, what is expected stays
