"""What cannot work says so in one line that names it, and says whether waiting heals it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.errors import EltError, SettingError, SourceError, TransientError
from enverus_elt.hooks.failures import translated
from enverus_elt.sources import http
from tests.services.site import Site

CLOSED = 9  # the discard port: nothing listens there

Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(http, "TOKEN_PAUSE", 0.01)


def unstaged(site: Site, dataset: str | Dataset = "landtrac-leases") -> EltError:
    """Run the first two steps as the tasks do and return the error that they end with."""
    with pytest.raises(EltError) as caught, translated("extract of landtrac-leases"):
        site.staged(dataset, "run") if isinstance(dataset, str) else site.extracted(dataset, "run")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("name", "change", "kind", "words"),
    [
        ("ENVERUS", {"password": "wrong"}, SettingError, "refuses the secret key of connection 'enverus'"),
        ("ENVERUS", {"host": f"http://127.0.0.1:{CLOSED}/"}, TransientError, f"Enverus API at 127.0.0.1:{CLOSED}"),
        ("ENVERUS", {"host": "api.enverus.com"}, SettingError, "the host must be the API's base URL"),
        ("WAREHOUSE", {"password": "wrong"}, SettingError, "connection 'warehouse': the warehouse refuses the login"),
        ("WAREHOUSE", {"schema": "nowhere"}, SettingError, 'database "nowhere" does not exist'),
        ("WAREHOUSE", {"port": CLOSED}, TransientError, "connection 'warehouse': the warehouse is not available"),
        ("WAREHOUSE", {"password": None}, SettingError, "connection 'warehouse' has no password"),
        ("OBJECT_STORE", {"password": "wrong-secret"}, SettingError, "refuses the keys of its connection"),
        ("OBJECT_STORE", {"extra": {}}, SettingError, "no service_config.s3.bucket_name"),
    ],
)
def test_a_connection_that_is_wrong_is_named(  # noqa: PLR0917 - one case a line reads best
    site: Site, monkeypatch: pytest.MonkeyPatch, name: str, change: dict[str, Any], kind: type[EltError], words: str
) -> None:
    variable = f"AIRFLOW_CONN_{name}"
    monkeypatch.setenv(variable, json.dumps({**json.loads(site.env[variable]), **change}))
    error = unstaged(site)
    assert isinstance(error, kind)
    assert words in str(error)
    assert "wrong-secret" not in str(error)


def test_an_unreachable_object_store_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    store = json.loads(site.env["AIRFLOW_CONN_OBJECT_STORE"])
    store["extra"] |= {"endpoint_url": f"http://127.0.0.1:{CLOSED}", "config_kwargs": {"retries": {"max_attempts": 1}}}
    monkeypatch.setenv("AIRFLOW_CONN_OBJECT_STORE", json.dumps(store))
    error = unstaged(site)
    assert isinstance(error, TransientError)
    assert "cannot reach the object store" in str(error)


def test_a_missing_connection_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ENVERUS")
    error = unstaged(site)
    assert isinstance(error, SettingError)
    assert "the Airflow connection 'enverus' is missing" in str(error)


def test_a_dataset_that_the_api_does_not_have_is_named(site: Site) -> None:
    leases = load_dataset("landtrac-leases")
    unknown = leases.model_copy(update={"source": leases.source.model_copy(update={"path": "no-such-dataset"})})
    error = unstaged(site, unknown)
    assert isinstance(error, SourceError)
    assert "knows no dataset 'no-such-dataset'" in str(error)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"fault": "html"}, "is not JSON"),
        ({"fault": "skip_page"}, "but delivered"),
        ({"fault": "empty_page"}, "but delivered"),
        ({"fault": "repeat_page"}, "but delivered|in a circle"),
    ],
)
def test_a_source_that_misbehaves_leaves_nothing_that_looks_complete(
    site: Site, fault: dict[str, Any], words: str
) -> None:
    leases = load_dataset("landtrac-leases")
    small = leases.model_copy(update={"source": leases.source.model_copy(update={"page_size": 1000})})
    match = {"path": "landtrac-leases", "method": "GET", "after": 1}
    site.control("POST", "faults", [{**fault, "match": match, "times": 1}])
    with pytest.raises(TransientError, match=words):
        site.extracted(small, "run")
    assert [key for key in site.store.keys("exports/") if key.endswith("manifest.json")] == []
    assert site.loaded("landtrac-leases", "run").inserted == 2591


@pytest.mark.parametrize(
    "fault",
    [
        *({"fault": "status", "status": status} for status in (401, 429, 500, 503)),
        {"fault": "truncate"},
        {"fault": "reset"},
        {"fault": "expire_tokens"},
    ],
)
def test_a_passing_fault_of_the_api_is_ridden_out(site: Site, fault: dict[str, Any]) -> None:
    site.control("POST", "faults", [{**fault, "match": {"path": "landtrac-leases", "method": "GET"}, "times": 1}])
    site.staged("landtrac-leases", "run")
    assert site.value("SELECT staged FROM ops.load_batches") == 2591


def test_a_run_after_a_failed_one_needs_no_cleaning_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        wrong = {**json.loads(site.env["AIRFLOW_CONN_ENVERUS"]), "password": "wrong"}
        patch.setenv("AIRFLOW_CONN_ENVERUS", json.dumps(wrong))
        unstaged(site)
    assert site.loaded("landtrac-leases", "run").inserted == 2591
