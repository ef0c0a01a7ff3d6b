"""The warehouse goes away in the middle of a step: its session is ended, the connection breaks, the server crashes.

The step ends with an error that a retry answers, core is as before or as after, and the retry ends as if nothing had
been.
"""

from collections.abc import Callable

import pytest

from tests.faults import places
from tests.faults.compare import State, assert_archived, state_of
from tests.faults.conftest import Wire
from tests.faults.private_postgres import PrivatePostgres
from tests.faults.proxy_points import Action
from tests.faults.scenarios import HEADERS, PRODUCTION, Scenario, approve, load, stage_again
from tests.services.site import Site

DATASET = HEADERS.dataset
GONE = "the warehouse is not available"


def test_a_session_that_is_ended_mid_copy_is_retried(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State]
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    batch_id = site.extracted(DATASET, "after")
    before = state_of(site, DATASET)
    point = wire.postgres.at(places.COPY_DATA, Action.HALVE)
    worker = wire.start("stage", DATASET, batch_id=batch_id)
    wire.postgres.wait(point)
    end_session(site, "stage")
    point.release()
    outcome = worker.outcome()
    assert (outcome.error, GONE in outcome.message) == ("TransientError", True), outcome
    assert state_of(site, DATASET) == before
    stage_again(site, DATASET, batch_id)
    assert state_of(site, DATASET) == expected
    assert_archived(site, DATASET)


@pytest.mark.parametrize("scenario", [HEADERS, PRODUCTION], ids=lambda scenario: scenario.dataset)
def test_a_session_that_is_ended_mid_merge_is_retried(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], scenario: Scenario
) -> None:
    expected = undisturbed(scenario)
    batch_id = ready_to_merge(site, scenario)
    before = state_of(site, scenario.dataset)
    point = wire.postgres.at(places.ROWS, Action.HOLD_ANSWER)
    worker = wire.start("merge", scenario.dataset, batch_id=batch_id)
    wire.postgres.wait(point)
    end_session(site, "merge")
    point.release()
    outcome = worker.outcome()
    assert (outcome.error, GONE in outcome.message) == ("TransientError", True), outcome
    assert state_of(site, scenario.dataset) == before
    site.merged(scenario.dataset, batch_id)
    assert state_of(site, scenario.dataset) == expected
    assert_archived(site, scenario.dataset)


def test_a_connection_that_is_reset_at_once_is_retried(site: Site, wire: Wire) -> None:
    wire.postgres.at(r"^Startup", Action.RESET, times=None)
    outcome = wire.start("stage", DATASET, batch_id=1).outcome()
    assert (outcome.error, "connection 'warehouse'" in outcome.message) == ("TransientError", True), outcome


@pytest.mark.parametrize("action", [Action.HOLD, Action.HOLD_ANSWER], ids=["before COMMIT", "after COMMIT"])
def test_a_server_that_crashes_mid_merge_has_all_or_nothing(
    private_site: Site,
    private_wire: Wire,
    private_postgres: PrivatePostgres,
    undisturbed: Callable[[Scenario], State],
    action: Action,
) -> None:
    expected = undisturbed(HEADERS)
    batch_id = ready_to_merge(private_site, HEADERS)
    before = state_of(private_site, DATASET)
    point = private_wire.postgres.at(places.COMMIT, action, after=places.RUN_LOG)
    worker = private_wire.start("merge", DATASET, batch_id=batch_id)
    private_wire.postgres.wait(point)
    private_postgres.crash()
    point.drop()
    outcome = worker.outcome()
    assert (outcome.error, GONE in outcome.message) == ("TransientError", True), outcome
    private_postgres.wait_until_back()
    assert state_of(private_site, DATASET) == (expected if action is Action.HOLD_ANSWER else before)
    private_site.merged(DATASET, batch_id)
    assert state_of(private_site, DATASET) == expected
    assert_archived(private_site, DATASET)
    load(private_site, DATASET, "after")
    assert state_of(private_site, DATASET) == expected


def ready_to_merge(site: Site, scenario: Scenario) -> int:
    """The second batch, approved."""
    scenario.prepare(site)
    batch_id = site.staged(scenario.dataset, "after")
    approve(site, scenario.dataset, batch_id)
    return batch_id


def end_session(site: Site, step: str) -> None:
    """End the session of the step's worker, as an administrator would."""
    query = "SELECT pg_terminate_backend(pid, 10000) AS ended FROM pg_stat_activity WHERE application_name LIKE %s"
    found = site.rows(f"{query} AND datname = current_database()", f"{step} %")
    assert found == [{"ended": True}]
