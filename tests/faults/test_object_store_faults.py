"""An object store that is busy, breaks off, is slow or silent; and objects that are not what their manifest says.

What passes is waited out; what does not ends with an error that a retry answers. An object that was changed is never
loaded.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import EvidenceError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.stage import stage
from tests.faults import places
from tests.faults.compare import State, assert_archived, state_of
from tests.faults.conftest import Wire
from tests.faults.proxy_points import Action
from tests.faults.scenarios import HEADERS, Scenario, approve, stage_again
from tests.services.site import Site

DATASET = HEADERS.dataset


def impatient(env: Mapping[str, str]) -> dict[str, str]:
    """The connections, with a store that is asked twice and waited for a second."""
    store = json.loads(env["AIRFLOW_CONN_OBJECT_STORE"])
    store["extra"]["config_kwargs"] |= {"retries": {"total_max_attempts": 2}, "read_timeout": 1, "connect_timeout": 1}
    return {**env, "AIRFLOW_CONN_OBJECT_STORE": json.dumps(store)}


@pytest.mark.parametrize("action", [Action.REFUSE, Action.RESET, Action.SLOW], ids=["503", "reset", "slow"])
def test_a_store_that_is_in_trouble_now_and_then_stops_no_step(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], action: Action
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    point = wire.objects.at(
        places.REQUEST, action, every=2, times=None
    )  # each request of each step, and not its repetition
    for step in ("extract", "stage", "merge"):
        hits = point.hits
        outcome = wire.start(step, DATASET, **task_of(site, step)).outcome()
        assert (outcome.error, point.hits > hits) == ("", True), f"{step}: {outcome}"
    assert state_of(site, DATASET) == expected
    assert_archived(site, DATASET)


@pytest.mark.parametrize("action", [Action.REFUSE, Action.RESET, Action.HOLD], ids=["503", "reset", "silent"])
def test_a_store_that_stays_in_trouble_fails_each_step_until_it_is_back(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], action: Action
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    before = state_of(site, DATASET)
    for step in ("extract", "stage", "merge"):
        task = task_of(site, step)
        wire.objects.at(places.REQUEST, action, times=None)
        outcome = wire.workers.start(step, DATASET, impatient(wire.env), **task).outcome()
        assert (outcome.error, "object store" in outcome.message) == ("TransientError", True), f"{step}: {outcome}"
        # The merge has committed by the time it asks for an object: only its archive is missing.
        assert state_of(site, DATASET).core == (expected if step == "merge" else before).core
        wire.objects.clear()
        assert wire.start(step, DATASET, **task).outcome().error == ""
    assert state_of(site, DATASET) == expected
    assert_archived(site, DATASET)


def test_an_object_that_breaks_off_while_it_is_read_is_read_again(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State]
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    batch_id = site.extracted(DATASET, "after")
    before = state_of(site, DATASET)
    point = wire.objects.at(rf"^GET .*{places.PART}", Action.HALVE_ANSWER)
    worker = wire.start("stage", DATASET, batch_id=batch_id)
    wire.objects.wait(point)
    point.drop()
    outcome = worker.outcome()
    assert outcome.error == "TransientError", outcome
    assert state_of(site, DATASET) == before
    stage_again(site, DATASET, batch_id)
    assert state_of(site, DATASET) == expected


def repacked(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """Another object of the same kind, with its records changed; each record of the scenario ends with its point."""
    end = b")\n"
    return lambda body: gzip.compress(end.join(change(gzip.decompress(body).split(end))), mtime=0)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "another value": repacked(lambda records: [record.replace(b"ACME", b"EMCA") for record in records]),
    "a row more": repacked(lambda records: [*records[:-1], records[-2], records[-1]]),
    "a row less": repacked(lambda records: [*records[:-2], records[-1]]),
    "a row torn": repacked(lambda records: [*records[:-2], records[-2][:30]]),
    "compressed otherwise": lambda body: gzip.compress(gzip.decompress(body), 9),
    "cut off": lambda body: body[: len(body) // 2],
    "no gzip": gzip.decompress,
    "empty": lambda _: b"",
    "empty, as gzip": lambda _: gzip.compress(b""),
}


def test_an_object_that_was_changed_after_its_manifest_is_not_loaded(site: Site, subtests: pytest.Subtests) -> None:
    batch_id = extracted(site)
    key = the_part(site)
    body = site.store.get(key)
    for change, make in CHANGES.items():
        with subtests.test(change):
            assert make(body) != body
            site.store.put(key, make(body))
            assert_not_loaded(site, batch_id, re.escape(key))
    site.store.put(key, body)
    stage_again(site, DATASET, batch_id)
    assert_archived(site, DATASET)


def test_an_object_that_was_deleted_is_missed(site: Site) -> None:
    batch_id = extracted(site)
    site.store.delete(the_part(site))
    assert_not_loaded(site, batch_id, "is gone")


def test_a_manifest_that_was_changed_is_not_believed(site: Site) -> None:
    batch_id = extracted(site)
    (key,) = [key for key in site.store.keys("exports/") if key.endswith(".manifest.json")]
    manifest = json.loads(site.store.get(key))
    manifest["rows"] += 1
    manifest["objects"][0]["rows"] += 1
    site.store.put(key, json.dumps(manifest).encode())
    assert_not_loaded(site, batch_id, "its manifest says 328")
    site.store.put(key, b'{"rows": ')
    assert_not_loaded(site, batch_id, "is not a manifest")


def task_of(site: Site, step: str) -> dict[str, Any]:
    """What the step's task is told; validation is taken for granted."""
    if step == "extract":
        return {"run_id": "after"}
    batch_id = int(site.value("SELECT max(batch_id) FROM ops.load_batches"))
    if step == "merge":
        approve(site, DATASET, batch_id)
    return {"batch_id": batch_id}


def extracted(site: Site) -> int:
    """The second batch, whose objects have not been read yet."""
    HEADERS.prepare(site)
    return site.extracted(DATASET, "after")


def the_part(site: Site) -> str:
    (key,) = [key for key in site.store.keys("exports/") if key.endswith("_part00001.csv.gz")]
    return key


def assert_not_loaded(site: Site, batch_id: int, words: str) -> None:
    """The stage refuses the evidence, and neither core nor staging nor quarantine has anything of the batch."""
    before = state_of(site, DATASET)
    with connect() as conn, pytest.raises(EvidenceError, match=words):
        stage(conn, site.store, load_dataset(DATASET), batch_id)
    assert state_of(site, DATASET) == before
    assert site.value("SELECT state FROM ops.load_batches WHERE batch_id = %s", batch_id) == "extracted"
    tables = site.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'")
    assert not [table for table in tables if f"_b{batch_id}" in table["tablename"]]
