"""A worker that everyone takes for dead and that lives on, while a second attempt takes over.

It happens when only a task's supervisor is killed, when a machine is paused, and when a network parts. The one that was
replaced ends with an error that says so, and changes nothing.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from enverus_elt.errors import TransientError
from enverus_elt.hooks import warehouse
from enverus_elt.operators.resources import resources
from enverus_elt.steps.merge import merge
from tests.faults import places
from tests.faults.compare import State, assert_archived, assert_processed, core_of, state_of
from tests.faults.conftest import Wire
from tests.faults.proxy_points import PATIENCE, Action, Point
from tests.faults.scenarios import HEADERS, PRODUCTION, Scenario, approve, load, stage_again
from tests.faults.worker import Worker
from tests.services.site import Site

DATASET = HEADERS.dataset
ROWS_A_PAGE = 100
STALE, LOST = "StaleWorkerError", "TransientError"


class Sleep(NamedTuple):
    """Where a worker stops, and how it ends when it goes on.

    With ``cut`` the server has given its session up by then, and with it the locks that would keep others waiting.
    """

    step: str
    name: str
    server: str
    action: Action
    pattern: str
    after: str | None = None
    cut: bool = False
    ends: str = STALE


SLEEPS = [
    Sleep("extract", "mid-page", "api", Action.HALVE_ANSWER, places.PAGE),
    Sleep("extract", "mid-upload", "objects", Action.HALVE, places.UPLOAD),
    Sleep("extract", "before COMMIT", "postgres", Action.HOLD, places.COMMIT, places.ADVANCE, cut=True, ends=LOST),
    Sleep("stage", "batch taken, not held", "objects", Action.HOLD_ANSWER, rf"^GET .*{places.MANIFEST}"),
    Sleep("stage", "mid-COPY", "postgres", Action.HALVE, places.COPY_DATA, cut=True, ends=LOST),
    Sleep("stage", "before COMMIT", "postgres", Action.HOLD, places.COMMIT, places.ADVANCE, cut=True, ends=LOST),
    Sleep("merge", "batch taken, not held", "postgres", Action.HOLD, places.LOCK),
    Sleep("merge", "before COMMIT", "postgres", Action.HOLD, places.COMMIT, places.RUN_LOG, cut=True, ends=LOST),
    Sleep("merge", "before the copy", "objects", Action.HOLD, places.COPY_OBJECT, ends="TerminalError"),
    Sleep("merge", "copied, not deleted", "objects", Action.HOLD, rf"^DELETE .*{places.PART}"),
]


def ready_for(site: Site, step: str) -> dict[str, object]:
    """Bring the second load to the step; returns what the step is told."""
    HEADERS.prepare(site)
    if step == "extract":
        return {"run_id": "after", "page_size": ROWS_A_PAGE}
    if step == "stage":
        return {"batch_id": site.extracted(DATASET, "after")}
    return {"batch_id": approved(site, HEADERS)}


def approved(site: Site, scenario: Scenario, run_id: str = "after") -> int:
    """A batch of the changed source, ready for its merge."""
    batch_id = site.staged(scenario.dataset, run_id)
    approve(site, scenario.dataset, batch_id)
    return batch_id


def go_on(site: Site, step: str, facts: dict[str, object]) -> None:
    """The second attempt: the same step again, and then all that follow."""
    if step == "extract":
        load(site, DATASET, "after")
    elif step == "stage":
        stage_again(site, DATASET, int(str(facts["batch_id"])))
    else:
        site.merged(DATASET, int(str(facts["batch_id"])))


@pytest.mark.parametrize("sleep", SLEEPS, ids=lambda sleep: f"{sleep.step}, {sleep.name}")
def test_a_worker_that_was_replaced_changes_nothing(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], sleep: Sleep
) -> None:
    expected = undisturbed(HEADERS)
    facts = ready_for(site, sleep.step)
    proxy = getattr(wire, sleep.server)
    point = proxy.at(sleep.pattern, sleep.action, after=sleep.after)
    worker = wire.start(sleep.step, DATASET, **facts)
    proxy.wait(point)
    if sleep.cut:
        point.cut()
    go_on(site, sleep.step, facts)
    assert state_of(site, DATASET) == expected
    assert_archived(site, DATASET)
    assert worker.is_running()
    point.release()
    assert worker.outcome().error == sleep.ends
    assert state_of(site, DATASET) == expected
    assert_processed(site, DATASET)


@pytest.mark.parametrize("scenario", [HEADERS, PRODUCTION], ids=lambda scenario: scenario.dataset)
def test_of_two_merges_at_once_the_second_waits_and_finds_it_done(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], scenario: Scenario
) -> None:
    expected = undisturbed(scenario)
    scenario.prepare(site)
    batch_id = approved(site, scenario)
    first, point = held_before_commit(wire, scenario, batch_id)
    second = wire.workers.start("merge", scenario.dataset, site.env, batch_id=batch_id)
    wait_for_a_lock(site)
    assert second.is_running()
    archiving = wire.postgres.at(r"^Query BEGIN", Action.HOLD)  # so that the second is the one that archives
    point.release()
    assert second.outcome().error == ""
    assert state_of(site, scenario.dataset) == expected
    assert_archived(site, scenario.dataset)
    archiving.release()
    assert first.outcome() == second.outcome()
    assert state_of(site, scenario.dataset) == expected
    assert_archived(site, scenario.dataset)


def test_two_runs_of_a_dataset_are_merged_one_after_the_other(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State]
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    older, newer = approved(site, HEADERS), approved(site, HEADERS, "later")  # the same rows are new in both
    first, point = held_before_commit(wire, HEADERS, older)
    second = wire.workers.start("merge", DATASET, site.env, batch_id=newer)
    wait_for_a_lock(site)
    point.release()
    assert (first.outcome().error, second.outcome().error) == ("", "")
    assert (first.outcome().result["inserted"], second.outcome().result["inserted"]) == (150, 0)
    assert core_of(site, DATASET) == expected.core
    assert_archived(site, DATASET)


def test_a_batch_that_a_sleeping_worker_holds_is_waited_for_only_so_long(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    batch_id = approved(site, HEADERS)
    before = core_of(site, DATASET)
    first, point = held_before_commit(wire, HEADERS, batch_id)
    monkeypatch.setattr(warehouse, "SESSION", f"{warehouse.SESSION} -c lock_timeout=300ms")
    with pytest.raises(TransientError, match="lock timeout"), resources("merge", DATASET) as (conn, _, dataset):
        merge(conn, dataset, batch_id)
    assert core_of(site, DATASET) == before
    point.release()
    assert first.outcome().error == ""
    assert state_of(site, DATASET) == expected
    assert_archived(site, DATASET)


def held_before_commit(wire: Wire, scenario: Scenario, batch_id: int) -> tuple[Worker, Point]:
    """A merge that has written everything and not committed it."""
    point = wire.postgres.at(places.COMMIT, Action.HOLD, after=places.RUN_LOG)
    worker = wire.start("merge", scenario.dataset, batch_id=batch_id)
    wire.postgres.wait(point)
    return worker, point


def wait_for_a_lock(site: Site) -> None:
    """Wait until a session of the test's database waits for another one."""
    deadline = time.monotonic() + PATIENCE
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while not site.value(waiting):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.02)
