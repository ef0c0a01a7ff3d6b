"""Files by manifest through a running Airflow: its triggerer notices them, and its ledger is what keeps order."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from enverus_elt.hooks.connections import DATA_LAKE, LANDING_ZONE
from enverus_elt.hooks.object_store import object_store
from sandbox import processes
from tests.services.delivering import TABLE, hand_in
from tests.services.manifests import a_manifest
from tests.services.stage import Stage

pytestmark = pytest.mark.timeout(900)

PATIENCE = 300.0
SETTLED = "SELECT * FROM ops.deliveries WHERE batch_id = '{}' AND settled_at IS NOT NULL ORDER BY delivery_id"


class Zone:
    """The buckets of the stack, and what its ledger says."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.landing, self.lake = object_store(LANDING_ZONE), object_store(DATA_LAKE)

    def hand_in(self, batch_id: str, title: str, body: bytes = TABLE) -> None:
        """Hand in a table as a delivery of that dataset."""
        metadata = {**a_manifest("x")["metadata"], "title": title}
        hand_in(self.landing, batch_id, {"wells.csv": body}, metadata=metadata)

    def settled(self, batch_id: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many deliveries of the batch are settled."""
        found: list[dict[str, Any]] = []

        def are_there() -> bool:
            found[:] = self.stage.rows(SETTLED.format(batch_id))
            return len(found) >= count

        wait_until(are_there, f"{count} deliveries of {batch_id} to be settled")
        return found

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """A run with its tasks' states, after its end."""
        with self.stage.client() as client:
            states = self.stage.wait(client, dag_id, run_id)
            answer = client.get(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}").json()
        return {"states": states, "partition": answer["partition_key"]}

    def pause(self, dag_id: str, paused: bool) -> None:
        with self.stage.client() as client:
            client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": paused}).raise_for_status()


def wait_until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.5)


@pytest.fixture
def zone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Zone:
    for conn_id in (LANDING_ZONE, DATA_LAKE):
        name = f"AIRFLOW_CONN_{conn_id.upper()}"
        monkeypatch.setenv(name, stage.stack.env[name])
    return Zone(stage)


def events_of(stage: Stage, asset: str) -> list[dict[str, Any]]:
    with stage.client() as client:
        assets = client.get("/api/v2/assets", params={"name_pattern": asset}).json()["assets"]
        ids = [found["id"] for found in assets if found["name"] == asset]
        if not ids:
            return []
        events: list[dict[str, Any]] = client.get(
            "/api/v2/assets/events", params={"asset_id": ids[0], "limit": 100}
        ).json()["asset_events"]
        return events


def test_a_manifest_starts_a_run_of_its_own_that_ends_with_an_event_of_the_dataset(zone: Zone, stage: Stage) -> None:
    zone.hand_in("first", "First Wells")
    (delivery,) = zone.settled("first")
    assert (delivery["state"], delivery["version"], delivery["attempt"]) == ("published", 1, 1)
    run = zone.run("delivery", delivery["airflow_run_id"])
    assert run["partition"] == f"first-wells/{delivery['delivery_id']}"
    assert run["states"] == {
        "delivery": "success",
        **dict.fromkeys(("check", "process", "settle", "tell_lake"), "success"),
        "announce_next": "skipped",
    }
    assert zone.landing.find("archive/first.json") is not None
    assert zone.landing.find("manifests/first.json") is None
    wait_until(lambda: events_of(stage, "lake.first-wells"), "the event of the dataset")
    (event,) = events_of(stage, "lake.first-wells")
    # Without a partition: only so it starts a DAG that does not work in partitions.
    assert (event["extra"]["version"], event["partition_key"]) == (1, None)


def test_a_delivery_that_is_wrong_fails_its_run_and_leaves_a_report_that_leads_to_it(zone: Zone) -> None:
    zone.landing.put("manifests/wrong.json", b'{"batch_id": "wrong"}')
    (delivery,) = zone.settled("wrong")
    assert delivery["state"] == "failed"
    run = zone.run("delivery", delivery["airflow_run_id"])
    assert (run["states"]["delivery"], run["states"]["check"], run["states"]["settle"]) == ("failed",) * 3
    report = zone.landing.get("failed/wrong.report.md").decode()
    assert "files: Field required" in report
    assert "/dags/delivery/runs/" in report


def test_many_manifests_at_once_become_versions_in_order_each_processed_once(zone: Zone, stage: Stage) -> None:
    for number in range(3):
        for dataset in ("a", "b"):
            zone.hand_in(f"many-{dataset}-{number}", f"Many {dataset}", TABLE + f"9,{number}\n".encode())
    for dataset in ("a", "b"):
        for number in range(3):
            (delivery,) = zone.settled(f"many-{dataset}-{number}")
            assert (delivery["state"], delivery["version"], delivery["attempt"]) == ("published", number + 1, 1)
    taken = stage.rows(
        "SELECT d.batch_id, count(*) AS times FROM ops.activity AS a JOIN ops.deliveries AS d USING (delivery_id)"
        " WHERE d.batch_id LIKE 'many-%' AND a.action = 'taken' GROUP BY d.batch_id"
    )
    assert {row["times"] for row in taken} == {1}
    assert len(taken) == 6


def test_a_manifest_that_came_while_the_triggerer_was_dead_is_noticed_when_it_lives_again(
    zone: Zone, stage: Stage
) -> None:
    def triggerers() -> list[int]:
        below = processes.descendants(os.getpid())
        return [pid for pid in below if "airflow" in (line := processes.command_line(pid)) and "triggerer" in line]

    before = triggerers()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    zone.hand_in("while-dead", "While Dead")
    (delivery,) = zone.settled("while-dead")
    assert delivery["state"] == "published"
    assert not set(before) & set(triggerers())


def test_an_announcement_that_nobody_heard_is_made_again(zone: Zone, stage: Stage) -> None:
    zone.pause("delivery", True)  # events for a paused DAG are lost
    zone.hand_in("unheard", "Unheard")
    said = "SELECT 1 FROM ops.activity AS a JOIN ops.deliveries AS d USING (delivery_id)"
    said += " WHERE d.batch_id = 'unheard' AND a.action = 'announced'"
    wait_until(lambda: stage.rows(said), "the announcement")
    zone.pause("delivery", False)
    stage.run("landing_zone", "too-soon")
    assert stage.rows(SETTLED.format("unheard")) == []
    with psycopg.connect(stage.stack.superuser("warehouse")) as conn:  # time passes
        conn.execute("UPDATE ops.activity SET at = at - interval '1 hour' WHERE action = 'announced'")
    states = stage.run("landing_zone", "late-enough")
    assert states == {"landing_zone": "success", "register": "success"}
    (delivery,) = zone.settled("unheard")
    assert delivery["state"] == "published"


def test_a_look_at_a_landing_zone_with_nothing_new_is_skipped(zone: Zone, stage: Stage) -> None:
    wait_until(
        lambda: not stage.rows("SELECT 1 FROM ops.deliveries WHERE settled_at IS NULL"), "everything to be settled"
    )
    assert stage.run("landing_zone", "nothing-new") == {"landing_zone": "success", "register": "skipped"}


def test_a_second_run_of_a_delivery_is_skipped(zone: Zone, stage: Stage) -> None:
    zone.hand_in("twice", "Twice")
    (delivery,) = zone.settled("twice")
    with stage.client() as client:
        body = {"dag_run_id": "by-hand", "logical_date": None, "partition_key": f"twice/{delivery['delivery_id']}"}
        client.post("/api/v2/dags/delivery/dagRuns", json=body).raise_for_status()
        states = stage.wait(client, "delivery", "by-hand")
    assert (states["delivery"], states["check"], states["process"], states["settle"]) == ("success", *("skipped",) * 3)
    assert stage.rows(SETTLED.format("twice"))[0]["attempt"] == 1


def test_tidying_up_runs_by_itself_and_by_hand(stage: Stage) -> None:
    assert stage.run("lake_housekeeping", "by-hand") == {"lake_housekeeping": "success", "tidy": "success"}
