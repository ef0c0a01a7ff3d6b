"""The reviewer's way through Airflow's UI, in a real browser: what is shown to whom, and who signs."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg.conninfo import make_conninfo

from tests.services.browser import Visitors
from tests.services.slack import slack_server
from tests.services.stage import Stage

pytestmark = pytest.mark.timeout(600)

LEASES, HEADERS = "enverus_landtrac_leases", "enverus_well_headers"
DATASET = "landtrac-leases"
WAITING = "awaiting_input"
LOOP = 5.0  # seconds; Airflow takes a task that goes on before its parking was noticed for one that crashed


@pytest.fixture(autouse=True)
def _nobody_waits(stage: Stage) -> Iterator[None]:
    """A question that a failed test has left open would hold up the runs of all others."""
    yield
    for row in stage.rows("SELECT airflow_run_id AS run_id FROM ops.signoff_requests WHERE closed_at IS NULL"):
        answer(stage, "qa", row["run_id"], "Reject")
        ended(stage, row["run_id"])


def start(stage: Stage, run_id: str) -> int:
    """A run whose batch waits for a signature; returns the batch's id."""
    stage.start(LEASES, run_id, sign="ask")
    wait_for_question(stage, run_id)
    (batch,) = stage.rows(f"SELECT batch_id FROM ops.load_batches WHERE airflow_run_id = '{run_id}'")
    return int(batch["batch_id"])


def wait_for_question(stage: Stage, run_id: str) -> None:
    """Wait until a person could have read it: what answers within the scheduler's loop is asked once more."""
    stage.wait_for_task(LEASES, run_id, "sign_off", WAITING)
    time.sleep(LOOP)


def ended(stage: Stage, run_id: str) -> dict[str, str]:
    with stage.client() as client:
        return stage.wait(client, LEASES, run_id)


def signoffs(stage: Stage, batch_id: int) -> list[dict[str, Any]]:
    return stage.rows(
        "SELECT decision, decided_by, comment, evidence_sha256 FROM ops.qa_signoffs"
        f" WHERE batch_id = {batch_id} ORDER BY signoff_id"
    )


def answer(stage: Stage, user: str, run_id: str, decision: str = "Approve") -> httpx.Response:
    """Airflow's own API, as it answers that user."""
    with stage.client(user) as client:
        path = f"/api/v2/dags/{LEASES}/dagRuns/{run_id}/taskInstances/sign_off/-1/hitlDetails"
        return client.patch(path, json={"chosen_options": [decision], "params_input": {"comment": "by hand"}})


def test_a_reviewer_finds_the_batch_reads_the_evidence_and_signs(stage: Stage, visitors: Visitors) -> None:
    batch_id = start(stage, "to-be-signed")
    with visitors.visit("qa") as page:
        page.goto("/warehouse/")
        waiting = page.locator(".waiting a")
        expect(waiting).to_have_text(f"LandTrac leases, batch {batch_id}")
        visitors.picture(page, "warehouse")
        waiting.click()
        expect(page.locator("h1")).to_contain_text("waiting")
        visitors.picture(page, "batch-to-sign")
        shown = page.locator(".question code").inner_text()
        page.get_by_role("link", name="Data Docs").click()
        expect(page.locator("body")).to_contain_text(f"batch {batch_id}")
        page.go_back()
        page.get_by_role("link", name="Profile", exact=True).click()
        expect(page.locator("body")).to_contain_text("unchanged")
        page.go_back()
        page.get_by_label("Comment").fill("compared with the lease register")
        page.get_by_role("button", name="Approve").click()
        expect(page.locator("#outcome")).to_contain_text("Airflow has taken the answer")
        assert ended(stage, "to-be-signed")["merge"] == "success"
        page.reload()
        expect(page.locator("h1")).to_contain_text("in core")
        expect(page.locator("table", has_text="Decision")).to_contain_text("compared with the lease register")
    assert signoffs(stage, batch_id) == [
        {
            "decision": "approved",
            "decided_by": "qa",
            "comment": "compared with the lease register",
            "evidence_sha256": shown,
        }
    ]


def test_airflows_own_page_leads_to_the_map_and_takes_the_answer_too(stage: Stage, visitors: Visitors) -> None:
    batch_id = start(stage, "signed-in-airflow")
    errors: list[str] = []
    with visitors.visit("qa") as page:
        page.goto(f"/dags/{LEASES}/runs/signed-in-airflow/tasks/sign_off/required_actions")
        leads_to = page.get_by_role("link", name="map", exact=True).get_attribute("href")
        assert leads_to is not None
        page.wait_for_load_state("networkidle")
        page.get_by_label("Comment").or_(page.locator("input[name=element_comment]")).fill("seen on the map")
        with page.expect_response(lambda response: response.request.method == "PATCH") as taken:
            page.get_by_role("button", name="Approve").click()
        assert taken.value.status == 200
        assert ended(stage, "signed-in-airflow")[LEASES] == "success"
        (first,) = stage.rows(
            "SELECT evidence_prefix FROM ops.run_log JOIN ops.load_batches USING (batch_id)"
            " WHERE run_log.dataset = 'landtrac-leases' AND inserted > 0 ORDER BY batch_id LIMIT 1"
        )
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(leads_to)
        expect(page.locator("h1")).to_contain_text(f"batch {batch_id}: map")
        page.goto(f"/warehouse/{first['evidence_prefix']}/map.html")  # whose features are all new
        expect(page.locator("canvas").first).to_be_visible()
    assert errors == []
    (signed,) = signoffs(stage, batch_id)
    assert (signed["decision"], signed["comment"]) == ("approved", "seen on the map")


def test_slack_is_told_of_the_question(stage: Stage) -> None:
    with slack_server() as (slack, connection), stage.client() as client:
        facts = {"connection_id": "slack", **json.loads(connection)}
        client.post("/api/v2/connections", json=facts).raise_for_status()
        try:
            batch_id = start(stage, "told-to-slack")
        finally:
            client.delete("/api/v2/connections/slack").raise_for_status()
    (text,) = slack.texts
    assert f"batch {batch_id} waits for a signature: " in text
    assert f"/dags/{LEASES}/runs/told-to-slack/tasks/sign_off" in text
    assert answer(stage, "qa", "told-to-slack").status_code == 200
    assert ended(stage, "told-to-slack")[LEASES] == "success"


def test_while_one_dataset_waits_another_is_loaded(stage: Stage) -> None:
    start(stage, "waiting-alone")
    assert stage.run(HEADERS, "beside-the-waiting-one")[HEADERS] == "success"
    stage.wait_for_task(LEASES, "waiting-alone", "sign_off", WAITING)
    assert answer(stage, "qa", "waiting-alone").status_code == 200
    assert ended(stage, "waiting-alone")[LEASES] == "success"


def test_a_rejection_needs_a_reason_and_leaves_core_alone(stage: Stage, visitors: Visitors) -> None:
    (before,) = stage.rows("SELECT count(*), max(batch_id) FROM ops.run_log WHERE dataset = 'landtrac-leases'")
    batch_id = start(stage, "to-be-rejected")
    with visitors.visit("qa") as page:
        page.goto(f"/warehouse/datasets/{DATASET}/batches/{batch_id}")
        page.get_by_role("button", name="Reject").click()
        expect(page.locator("#outcome")).to_have_text("Say why: the reason is kept with the batch.")
        page.get_by_label("Comment").fill("acres of block 42 are wrong")
        page.get_by_role("button", name="Reject").click()
        expect(page.locator("#outcome")).to_contain_text("Airflow has taken the answer")
    states = ended(stage, "to-be-rejected")
    assert (states[LEASES], states["sign_off"], states["merge"]) == ("failed", "failed", "upstream_failed")
    (after,) = stage.rows("SELECT count(*), max(batch_id) FROM ops.run_log WHERE dataset = 'landtrac-leases'")
    assert before == after
    (signed,) = signoffs(stage, batch_id)
    assert (signed["decision"], signed["comment"]) == ("rejected", "acres of block 42 are wrong")
    with stage.client() as client:
        path = f"/api/v2/dags/{LEASES}/dagRuns/to-be-rejected/taskInstances/sign_off"
        assert client.get(path).json()["try_number"] == 1
    assert stage.run(LEASES, "after-the-rejection")[LEASES] == "success"


def test_a_question_that_nobody_answers_is_a_no(stage: Stage) -> None:
    batch_id = start(stage, "never-answered")
    _let_it_expire(stage, "never-answered")
    states = ended(stage, "never-answered")
    assert (states["sign_off"], states["merge"]) == ("failed", "upstream_failed")
    (signed,) = signoffs(stage, batch_id)
    assert (signed["decision"], signed["decided_by"]) == ("expired", None)
    answer(stage, "qa", "never-answered")  # too late, whatever Airflow says to it
    assert ended(stage, "never-answered") == states
    assert signoffs(stage, batch_id) == [signed]


def _let_it_expire(stage: Stage, run_id: str) -> None:
    """Days pass: Airflow's scheduler looks for questions whose time is over."""
    settings = stage.stack.settings
    secret, port = settings.secrets["postgres_airflow"], settings.ports["postgres"]
    dsn = make_conninfo(host="127.0.0.1", port=port, user="airflow", password=secret, dbname="airflow")
    with psycopg.connect(dsn) as conn:
        past = "UPDATE task_instance SET trigger_timeout = now() - interval '1 s' WHERE run_id = %s AND task_id = %s"
        assert conn.execute(past, (run_id, "sign_off")).rowcount == 1


def test_who_is_no_reviewer_is_told_so_and_refused(stage: Stage, visitors: Visitors) -> None:
    batch_id = start(stage, "for-others")
    for user in ("admin", "viewer"):
        with visitors.visit(user) as page:
            page.goto(f"/warehouse/datasets/{DATASET}/batches/{batch_id}")
            expect(page.locator(".question")).to_contain_text("It can be signed by qa")
            assert page.locator("#answer").count() == 0
        assert answer(stage, user, "for-others").status_code == 403
    assert signoffs(stage, batch_id) == []
    assert answer(stage, "qa", "for-others").status_code == 200
    assert ended(stage, "for-others")[LEASES] == "success"


def test_of_two_reviewers_at_once_one_signs(stage: Stage) -> None:
    batch_id = start(stage, "at-once")
    with ThreadPoolExecutor(2) as pool:
        decisions = {"Approve": "approved", "Reject": "rejected"}
        answers = list(pool.map(lambda decision: answer(stage, "qa", "at-once", decision), decisions))
    # Airflow reads whether a question is answered before it locks it: two answers of one moment may both be taken.
    taken = [decisions[d] for d, response in zip(decisions, answers, strict=True) if response.status_code == 200]
    refused = [response.status_code for response in answers if response.status_code != 200]
    assert taken
    assert refused in ([], [409])
    states = ended(stage, "at-once")
    (signed,) = signoffs(stage, batch_id)
    assert signed["decision"] in taken
    assert states["merge"] == {"approved": "success", "rejected": "upstream_failed"}[signed["decision"]]
    assert answer(stage, "qa", "at-once").status_code == 409


def test_a_forged_success_of_the_task_merges_nothing(stage: Stage) -> None:
    start(stage, "forged")
    path = f"/api/v2/dags/{LEASES}/dagRuns/forged/taskInstances/sign_off"
    with stage.client() as client:
        client.patch(path, json={"new_state": "success"}).raise_for_status()
    states = ended(stage, "forged")
    assert (states["sign_off"], states["merge"]) == ("success", "failed")
    assert stage.rows("SELECT * FROM ops.run_log WHERE airflow_run_id = 'forged'") == []


def test_a_batch_that_a_command_left_waiting_is_taken_up_by_a_run(stage: Stage) -> None:
    start(stage, "left-behind")
    assert answer(stage, "qa", "left-behind", "Reject").status_code == 200
    assert ended(stage, "left-behind")[LEASES] == "failed"
    (batch,) = stage.rows("SELECT batch_id FROM ops.load_batches WHERE airflow_run_id = 'left-behind'")
    stage.start(LEASES, "taken-up", batch=batch["batch_id"], sign="ask")
    wait_for_question(stage, "taken-up")
    assert answer(stage, "qa", "taken-up").status_code == 200
    assert ended(stage, "taken-up")[LEASES] == "success"
    (logged,) = stage.rows(f"SELECT state FROM ops.load_batches WHERE batch_id = {batch['batch_id']}")
    assert logged["state"] == "archived"


def test_nothing_is_readable_without_a_login(stage: Stage) -> None:
    (batch,) = stage.rows("SELECT batch_id, evidence_prefix FROM ops.load_batches ORDER BY batch_id DESC LIMIT 1")
    paths = (
        "/warehouse/",
        f"/warehouse/datasets/{DATASET}",
        f"/warehouse/datasets/{DATASET}/batches/{batch['batch_id']}",
        f"/warehouse/{batch['evidence_prefix']}/index.html",
        f"/warehouse/{batch['evidence_prefix']}/result.json",
    )
    for path in paths:
        assert httpx.get(f"{stage.url}{path}").status_code == 401
        led = httpx.get(f"{stage.url}{path}", headers={"Accept": "text/html"})
        assert (led.status_code, "/auth/login" in led.headers["Location"]) == (307, True)
        with stage.client("viewer") as client:
            assert client.get(path).status_code == 200


def test_documents_run_as_strangers_to_airflow(stage: Stage, visitors: Visitors) -> None:
    stage.run(LEASES, "for-strangers")
    (batch,) = stage.rows("SELECT evidence_prefix FROM ops.load_batches WHERE airflow_run_id = 'for-strangers'")
    with visitors.visit("qa") as page:
        page.goto(f"/warehouse/{batch['evidence_prefix']}/index.html")
        assert page.evaluate("window.origin") == "null"
        assert _fetched(page, f"{stage.url}/api/v2/connections") == "refused"
        page.goto("/warehouse/")
        assert _fetched(page, f"{stage.url}/api/v2/dags") == "200"


def _fetched(page: Page, address: str) -> str:
    script = "address => fetch(address).then(answer => String(answer.status), () => 'refused')"
    return str(page.evaluate(script, address))


def test_airflow_has_the_pages_in_its_navigation_and_beside_each_dag(stage: Stage, visitors: Visitors) -> None:
    with visitors.visit("viewer") as page:
        page.goto("/plugin/warehouse")
        frame = page.frame_locator("iframe")
        expect(frame.locator("h1")).to_have_text("Datasets")
        page.goto(f"/dags/{LEASES}/plugin/warehouse-dataset")
        expect(page.frame_locator("iframe").locator("h1")).to_contain_text("LandTrac leases")
        page.frame_locator("iframe").get_by_role("link", name=LEASES).click()
        page.wait_for_url(f"**/dags/{LEASES}")


def test_tasks_have_buttons_that_lead_to_the_evidence(stage: Stage) -> None:
    stage.run(LEASES, "for-its-buttons")
    with stage.client() as client:
        for task, names in {"validate": {"Data Docs", "Batch"}, "merge": {"Batch"}}.items():
            path = f"/api/v2/dags/{LEASES}/dagRuns/for-its-buttons/taskInstances/{task}/links"
            links = client.get(path).json()["extra_links"]
            assert set(links) == names
            for address in links.values():
                assert client.get(address).status_code == 200


def test_pages_that_are_not_there_say_so(stage: Stage) -> None:
    with stage.client() as client:
        for path in ("datasets/nothing", f"datasets/{DATASET}/batches/999999", "dags/no_dag_of_ours"):
            answer = client.get(f"/warehouse/{path}", headers={"Accept": "text/html"}, follow_redirects=True)
            assert (answer.status_code, "<h1>" in answer.text) == (200 if "dags" in path else 404, True)
