"""A worker that is killed with SIGKILL, at each point at which it can matter.

Core is as before or as after, never between; and when the same run goes on, everything is as if nothing had been.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import pytest

from tests.faults import places
from tests.faults.compare import State, assert_archived, assert_staged_once, core_of, state_of
from tests.faults.conftest import Wire
from tests.faults.proxy_points import Action
from tests.faults.scenarios import HEADERS, LEASES, PRODUCTION, Scenario, approve, load, stage_again
from tests.services.site import Site

ROWS_A_PAGE = 100


class Kill(NamedTuple):
    """A step and the point at which its worker dies."""

    name: str
    server: str
    action: Action
    pattern: str
    nth: int = 1
    after: str | None = None
    committed: bool = False


EXTRACT = [
    Kill("mid-page", "api", Action.HALVE_ANSWER, places.PAGE, nth=2),
    Kill("mid-upload", "objects", Action.HALVE, places.UPLOAD),
    Kill("uploaded, not told", "objects", Action.HOLD_ANSWER, places.UPLOADED),
    Kill("before the manifest", "objects", Action.HOLD, rf"^PUT .*{places.MANIFEST}"),
    Kill("before COMMIT", "postgres", Action.HOLD, places.COMMIT, after=places.ADVANCE),
    Kill("after COMMIT", "postgres", Action.HOLD_ANSWER, places.COMMIT, after=places.ADVANCE),
]
STAGE = [
    Kill("mid-download", "objects", Action.HALVE_ANSWER, rf"^GET .*{places.PART}"),
    Kill("mid-COPY", "postgres", Action.HALVE, places.COPY_DATA),
    Kill("after COPY", "postgres", Action.HOLD_ANSWER, places.COPY_DONE),
    Kill("before ATTACH", "postgres", Action.HOLD, places.ATTACH),
    Kill("before COMMIT", "postgres", Action.HOLD, places.COMMIT, after=places.ADVANCE),
    Kill("after COMMIT", "postgres", Action.HOLD_ANSWER, places.COMMIT, after=places.ADVANCE),
]
MERGE = [
    Kill("rows written", "postgres", Action.HOLD_ANSWER, places.ROWS),
    Kill("before the run log", "postgres", Action.HOLD, places.RUN_LOG),
    Kill("before COMMIT", "postgres", Action.HOLD, places.COMMIT, after=places.RUN_LOG),
    Kill("after COMMIT", "postgres", Action.HOLD_ANSWER, places.COMMIT, after=places.RUN_LOG, committed=True),
]
ARCHIVE = [
    Kill("copied, not told", "objects", Action.HOLD_ANSWER, places.COPY_OBJECT, committed=True),
    Kill("copied, not deleted", "objects", Action.HOLD, rf"^DELETE .*{places.PART}", committed=True),
    Kill("between two objects", "objects", Action.HOLD, places.COPY_OBJECT, nth=2, committed=True),
    Kill("moved, not recorded", "objects", Action.HOLD_ANSWER, rf"^DELETE .*{places.MANIFEST}", committed=True),
    Kill("recorded, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, 3, places.RUN_LOG, committed=True),
]


def names(kills: list[Kill]) -> list[str]:
    return [kill.name for kill in kills]


def killed(wire: Wire, kill: Kill, step: str, dataset: str, **facts: object) -> None:
    """Start a step, wait until the point is reached, kill the worker, and lose what it had sent."""
    proxy = getattr(wire, kill.server)
    point = proxy.at(kill.pattern, kill.action, nth=kill.nth, after=kill.after)
    worker = wire.start(step, dataset, **facts)
    proxy.wait(point)
    worker.kill()
    point.drop()


def assert_as_if_nothing_had_been(site: Site, scenario: Scenario, expected: State) -> None:
    assert state_of(site, scenario.dataset) == expected
    assert_archived(site, scenario.dataset)
    assert_staged_once(site, scenario.dataset)
    load(site, scenario.dataset, "after")  # all of the run once more: nothing is left to do
    assert state_of(site, scenario.dataset) == expected
    assert_archived(site, scenario.dataset)


@pytest.mark.parametrize("kill", EXTRACT, ids=names(EXTRACT))
def test_a_killed_extract(site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], kill: Kill) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    before = state_of(site, HEADERS.dataset)
    killed(wire, kill, "extract", HEADERS.dataset, run_id="after", page_size=ROWS_A_PAGE)
    assert state_of(site, HEADERS.dataset) == before
    load(site, HEADERS.dataset, "after")
    assert_as_if_nothing_had_been(site, HEADERS, expected)


@pytest.mark.parametrize("kill", STAGE, ids=names(STAGE))
def test_a_killed_stage(site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], kill: Kill) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(site)
    batch_id = site.extracted(HEADERS.dataset, "after")
    before = core_of(site, HEADERS.dataset)
    killed(wire, kill, "stage", HEADERS.dataset, batch_id=batch_id)
    assert core_of(site, HEADERS.dataset) == before
    stage_again(site, HEADERS.dataset, batch_id)
    assert_as_if_nothing_had_been(site, HEADERS, expected)


@pytest.mark.parametrize(
    ("scenario", "kill"),
    [*product([HEADERS], [*MERGE, *ARCHIVE]), *product([PRODUCTION, LEASES], MERGE)],
    ids=lambda fact: fact.dataset if isinstance(fact, Scenario) else fact.name,
)
def test_a_killed_merge(
    site: Site, wire: Wire, undisturbed: Callable[[Scenario], State], scenario: Scenario, kill: Kill
) -> None:
    expected = undisturbed(scenario)
    scenario.prepare(site)
    batch_id = site.staged(scenario.dataset, "after")
    approve(site, scenario.dataset, batch_id)
    before = state_of(site, scenario.dataset)
    killed(wire, kill, "merge", scenario.dataset, batch_id=batch_id)
    now = state_of(site, scenario.dataset)
    assert now.core == (expected if kill.committed else before).core
    assert now.watermark == (expected if kill.committed else before).watermark
    assert now.runs == (expected if kill.committed else before).runs
    site.merged(scenario.dataset, batch_id)
    assert_as_if_nothing_had_been(site, scenario, expected)
