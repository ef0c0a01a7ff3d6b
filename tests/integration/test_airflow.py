"""The DAGs through a running Airflow: scheduler, assets, retries, and the pages behind its login."""

import json
import time

import httpx
import pytest

from tests.services.stage import ENDED, Stage

pytestmark = pytest.mark.timeout(600)

LEASES, HEADERS, WELLS = "enverus_landtrac_leases", "enverus_well_headers", "enverus_wells"


def test_no_file_of_the_repository_is_an_import_error(stage: Stage) -> None:
    with stage.client() as client:
        assert client.get("/api/v2/importErrors").json()["import_errors"] == []
        assert client.get("/api/v2/plugins/importErrors").json()["import_errors"] == []


def test_a_triggered_run_goes_through_the_five_steps_into_core(stage: Stage) -> None:
    states = stage.run(LEASES, "first")
    steps = ("extract", "stage", "validate", "sign_off", "merge", "refresh")
    assert states == {LEASES: "success"} | dict.fromkeys(steps, "success")
    assert stage.rows("SELECT count(*) FROM core.landtrac_leases") == [{"count": 2591}]
    (log,) = stage.rows("SELECT airflow_run_id, inserted FROM ops.run_log WHERE dataset = 'landtrac-leases'")
    assert log == {"airflow_run_id": "first", "inserted": 2591}


def test_the_event_of_a_core_asset_tells_what_became_of_the_rows(stage: Stage) -> None:
    stage.run(LEASES, "for-the-event")
    with stage.client() as client:
        events = client.get("/api/v2/assets/events", params={"source_dag_id": LEASES, "limit": 100}).json()[
            "asset_events"
        ]
    event = next(e for e in events if e["source_run_id"] == "for-the-event" and e["source_task_id"] == "merge")
    (log,) = stage.rows("SELECT batch_id, unchanged FROM ops.run_log WHERE airflow_run_id = 'for-the-event'")
    assert {name: event["extra"][name] for name in log} == log


def test_a_mart_over_two_datasets_is_refreshed_once_after_both(stage: Stage) -> None:
    mart = "marts_wells_per_lease"
    with stage.client() as client:
        client.patch(f"/api/v2/dags/{mart}", json={"is_paused": False}).raise_for_status()
        before = client.get(f"/api/v2/dags/{mart}/dagRuns").json()["total_entries"]
        stage.run(LEASES, "for-the-mart")
        assert client.get(f"/api/v2/dags/{mart}/dagRuns").json()["total_entries"] == before
        stage.run(WELLS, "for-the-mart")
        for _ in range(120):
            runs = client.get(f"/api/v2/dags/{mart}/dagRuns").json()["dag_runs"]
            if len(runs) == before + 1 and runs[-1]["state"] in ENDED:
                break
            time.sleep(0.5)
        assert [run["state"] for run in runs] == ["success"]
    (leases,) = stage.rows("SELECT count(*) FROM marts.wells_per_lease WHERE wells > 0")
    assert leases["count"] > 1000


def test_data_docs_open_with_a_login_and_not_without(stage: Stage) -> None:
    stage.run(LEASES, "for-the-docs")
    (log,) = stage.rows("SELECT docs_url FROM ops.run_log WHERE airflow_run_id = 'for-the-docs'")
    assert httpx.get(log["docs_url"]).status_code == 401
    browser = httpx.get(log["docs_url"], headers={"Accept": "text/html"})
    assert (browser.status_code, "/auth/login" in browser.headers["Location"]) == (307, True)
    for user in ("admin", "viewer", "qa"):
        with stage.client(user) as client:
            page = client.get(log["docs_url"])
            assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert "landtrac-leases" in page.text
    with stage.client() as client:
        assert client.get(log["docs_url"].replace("index.html", "nowhere.html")).status_code == 404
        assert client.get(log["docs_url"].replace("index.html", "..%2f..%2fx")).status_code == 404


def test_a_run_with_nothing_new_says_so_in_its_log_and_on_its_page(stage: Stage) -> None:
    stage.run(LEASES, "before-nothing-new")
    stage.run(LEASES, "nothing-new")
    (batch,) = stage.rows("SELECT batch_id FROM ops.run_log WHERE airflow_run_id = 'nothing-new'")
    with stage.client() as client:
        log = client.get(f"/api/v2/dags/{LEASES}/dagRuns/nothing-new/taskInstances/merge/logs/1").text
        judged = client.get(f"/api/v2/dags/{LEASES}/dagRuns/nothing-new/taskInstances/validate/logs/1").text
        page = client.get(f"/warehouse/datasets/landtrac-leases/batches/{batch['batch_id']}").text
    assert f"landtrac-leases: nothing new: none of the 2,591 rows of batch {batch['batch_id']} changed core" in log
    assert "Nothing new: none of its 2,591 rows changed core." in page
    # Great Expectations tells hundreds of lines while it is imported.
    assert "met" in judged
    assert "Skipping registering" not in judged


def test_airflows_own_backfill_reads_the_windows_between_scheduled_times_and_moves_no_watermark(stage: Stage) -> None:
    stage.run(HEADERS, "before-the-backfill")
    (before,) = stage.rows("SELECT watermark FROM ops.extract_watermarks WHERE dataset = 'well-headers'")
    body = {"dag_id": HEADERS, "from_date": "2023-05-01T00:00:00Z", "to_date": "2023-05-02T23:00:00Z"}
    with stage.client() as client:
        client.post("/api/v2/backfills", json={**body, "max_active_runs": 1}).raise_for_status()
        for _ in range(240):
            runs = client.get(f"/api/v2/dags/{HEADERS}/dagRuns", params={"run_type": "backfill"}).json()["dag_runs"]
            if len(runs) == 2 and all(run["state"] in ENDED for run in runs):
                break
            time.sleep(0.5)
    assert [run["state"] for run in runs] == ["success", "success"]
    windows = stage.rows(
        "SELECT window_low::text, window_high::text FROM ops.load_batches JOIN ops.run_log USING (batch_id)"
        " WHERE kind = 'backfill' ORDER BY window_low"
    )
    # 06:00 in Chicago, in UTC.
    assert [(row["window_low"][:16], row["window_high"][:16]) for row in windows] == [
        ("2023-04-30 11:00", "2023-05-01 11:00"),
        ("2023-05-01 11:00", "2023-05-02 11:00"),
    ]
    (after,) = stage.rows("SELECT watermark FROM ops.extract_watermarks WHERE dataset = 'well-headers'")
    assert before == after


def test_the_form_of_a_manual_run_can_ask_for_everything(stage: Stage) -> None:
    stage.run(LEASES, "before-everything")
    assert stage.run(LEASES, "everything", read="everything")[LEASES] == "success"
    (batch,) = stage.rows("SELECT kind, extracted FROM ops.load_batches WHERE airflow_run_id = 'everything'")
    assert batch == {"kind": "reseed", "extracted": 2591}


def test_what_cannot_heal_is_not_retried(stage: Stage) -> None:
    """The API is told that every token request carries bad credentials: the key in the connection is wrong."""
    key = json.loads(stage.stack.env["AIRFLOW_CONN_ENVERUS"])["password"]
    rule = {"fault": "status", "status": 400, "match": {"path": "tokens"}, "times": None}
    expired = {"fault": "expire_tokens", "match": {"path": "well-headers"}}  # or the shared one would do
    stage.control("POST", "faults", [expired, rule])
    try:
        states = stage.run(HEADERS, "refused")
    finally:
        stage.control("DELETE", "faults")
    assert (states[HEADERS], states["extract"]) == ("failed", "failed")
    path = f"/api/v2/dags/{HEADERS}/dagRuns/refused/taskInstances/extract"
    with stage.client() as client:
        assert client.get(path).json()["try_number"] == 1
        log = client.get(f"{path}/logs/1", headers={"Accept": "application/x-ndjson"}).text
    assert "refuses the secret key of connection 'enverus'" in log
    assert key not in log
    assert stage.run(HEADERS, "after-it")[HEADERS] == "success"
