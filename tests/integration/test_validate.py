"""Great Expectations on the batch, in the database: what stops a run, what is only counted, what is retried."""

import json
from typing import Any

import psycopg
import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import ExpectationError, SignOffError, TransientError
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.steps import validate as step
from enverus_elt.suites import read
from tests.services.site import DOCS, Site

LEASES = "landtrac-leases"


def validate(site: Site, batch_id: int, url: Any = None) -> step.Validated:
    with connect() as conn:
        dataset = load_dataset(LEASES)
        return step.validate(conn, url or sqlalchemy_url(), site.store, dataset, batch_id, docs_base_url=DOCS)


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Expectations that are added to the dataset's own."""
    added: list[dict[str, Any]] = []
    shipped = read(load_dataset(LEASES))
    both = lambda _: {**shipped, "expectations": [*shipped["expectations"], *added]}  # noqa: E731
    monkeypatch.setattr(step, "read", both)
    return added


def expectation(severity: str) -> dict[str, Any]:
    kwargs = {"column": "acres", "min_value": 1_000_000}
    return {"type": "expect_column_values_to_be_between", "severity": severity, "kwargs": kwargs, "meta": {}}


def test_a_failed_critical_expectation_stops_the_run_before_core(site: Site, suite: list[dict[str, Any]]) -> None:
    suite.append(expectation("critical"))
    batch_id = site.staged(LEASES, "run")
    with pytest.raises(ExpectationError, match=f"batch {batch_id} must not reach core: critical: .* of acres failed"):
        validate(site, batch_id)
    with pytest.raises(Exception, match="is rejected, not validated"):
        site.merged(LEASES, batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0
    assert list(site.store.keys(f"data-docs/{LEASES}/{batch_id}/")) != []


def test_a_failed_warning_is_counted_and_asks_for_a_signature(site: Site, suite: list[dict[str, Any]]) -> None:
    suite += [expectation("warning"), expectation("info")]
    batch_id = site.staged(LEASES, "run")
    judged = validate(site, batch_id)
    assert (judged.failed, judged.signoff_reason) == (2, "1 expectation of severity warning failed")
    with pytest.raises(SignOffError):
        site.merged(LEASES, batch_id)


def test_failed_information_is_counted_and_goes_on(site: Site, suite: list[dict[str, Any]]) -> None:
    suite.append(expectation("info"))
    batch_id = site.staged(LEASES, "run")
    assert validate(site, batch_id).signoff_reason is None
    site.merged(LEASES, batch_id)
    assert site.value("SELECT failed_expectations FROM ops.run_log") == 1


def test_a_rejected_batch_can_be_judged_again_when_the_suite_is_mended(site: Site, suite: list[dict[str, Any]]) -> None:
    suite.append(expectation("critical"))
    batch_id = site.staged(LEASES, "run")
    with pytest.raises(ExpectationError):
        validate(site, batch_id)
    suite.clear()
    assert validate(site, batch_id).failed == 0
    assert site.merged(LEASES, batch_id).inserted == 2591


def test_a_broken_connection_is_no_failed_expectation(site: Site) -> None:
    batch_id = site.staged(LEASES, "run")
    wrong = sqlalchemy_url().set(password="wrong")
    with pytest.raises(TransientError) as caught:
        validate(site, batch_id, wrong)
    assert "wrong" not in str(caught.value)
    assert site.value("SELECT state FROM ops.load_batches") == "staged"


def test_a_column_that_is_not_there_is_an_infrastructure_error(site: Site, suite: list[dict[str, Any]]) -> None:
    suite.append({**expectation("critical"), "kwargs": {"column": "no_such_column", "min_value": 0}})
    batch_id = site.staged(LEASES, "run")
    with pytest.raises(TransientError, match="could not be evaluated"):
        validate(site, batch_id)


def test_columns_beside_a_geometry_are_judged(site: Site, suite: list[dict[str, Any]]) -> None:
    """Without GeoAlchemy every column of a table with a geometry would fail, whatever it holds."""
    suite.append({"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "geom_poly"}, "meta": {}})
    assert validate(site, site.staged(LEASES, "run")).failed == 0


def test_the_data_docs_show_the_run_and_no_secret(site: Site) -> None:
    batch_id = site.validated(LEASES, "run")
    keys = list(site.store.keys(f"data-docs/{LEASES}/{batch_id}/"))
    names = {"index.html", "result.json", "profile.html", "profile.json", "map.html", "evidence.json"}
    assert {key.rpartition("/")[2] for key in keys} == names
    pages = {key: site.store.get(key).decode(errors="replace") for key in keys}
    assert any("expect_column_values" in page or "lease_id" in page for page in pages.values())
    secrets = [json.loads(value)["password"] for value in site.env.values()]
    assert not [key for key, page in pages.items() if any(secret in page for secret in secrets)]


def test_only_the_batch_is_read(site: Site) -> None:
    """Cost follows the batch: an earlier batch's partition is locked against reading, and nobody minds."""
    first = site.validated(LEASES, "first")
    second = site.staged(LEASES, "second")
    with site.warehouse() as conn, conn.transaction():
        conn.execute(
            psycopg.sql.SQL("LOCK TABLE staging.{}").format(psycopg.sql.Identifier(f"landtrac_leases_raw_b{first}"))
        )
        assert validate(site, second).failed == 0
