"""After any sequence of changes, loads and crashes core is what the source said; an oracle judges every step."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.machine_actions import CHANGES, Actions, Change
from tests.faults.machine_subjects import SUBJECTS, Subject
from tests.faults.machine_world import Ending, World
from tests.services.site import Site

# The same sequences each time: what chance finds is for `make soak`, which prints its seed.
FIXED = settings(
    max_examples=8,
    stateful_step_count=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
picks = st.integers(0, 29)
hours = st.sampled_from((1, 7, 26, 50))
change = st.builds(
    Change,
    what=st.sampled_from(sorted(CHANGES)),
    pick=picks,
    hours=hours,
    moves_time=st.booleans(),
    fault=st.sampled_from((None, None, 0, 1, 2)),
)
changes = st.lists(change, min_size=1, max_size=4)
endings = st.builds(Ending, at=picks, how=st.sampled_from(("terminate", "raise")), after=st.booleans())


class Machine(RuleBasedStateMachine):
    """From an empty source and an empty warehouse on."""

    def __init__(self, site: Site, subject: Subject, counts: Counter[str]) -> None:
        super().__init__()
        self.world = World(site, subject, counts).__enter__()
        self.actions = Actions(self.world)

    def teardown(self) -> None:
        self.world.__exit__()

    @initialize(count=st.integers(4, 12))
    def begin(self, count: int) -> None:
        self.actions.change(*[Change("insert", hours=9)] * count)
        self.actions.load()

    @rule(changes=changes)
    def load(self, changes: list[Change]) -> None:
        self.actions.change(*changes)
        self.actions.load()

    @rule(changes=changes, upto=picks, kind=picks, pick=picks)
    def leave(self, changes: list[Change], upto: int, kind: int, pick: int) -> None:
        self.actions.change(*changes)
        self.actions.leave(upto, kind, pick)

    @rule(changes=changes, pick=picks)
    def finish(self, changes: list[Change], pick: int) -> None:
        self.actions.change(*changes)
        self.actions.finish(pick)

    @rule(changes=changes, pick=picks, upto=picks)
    def retry(self, changes: list[Change], pick: int, upto: int) -> None:
        self.actions.change(*changes)
        self.actions.retry(pick, upto)

    @rule(changes=changes, upto=picks, kind=picks, pick=picks, meanwhile=changes)
    def overlap(self, changes: list[Change], upto: int, kind: int, pick: int, meanwhile: list[Change]) -> None:
        self.actions.change(*changes)
        self.actions.overlap(upto, kind, pick, meanwhile)

    @rule(changes=changes, pick=picks)
    def run_again(self, changes: list[Change], pick: int) -> None:
        self.actions.change(*changes)
        self.actions.run_again(pick)

    @rule(changes=changes, pick=picks)
    def replay(self, changes: list[Change], pick: int) -> None:
        self.actions.change(*changes)
        self.actions.load()
        self.actions.replay(pick)

    @rule(changes=changes, pick=picks)
    def backfill(self, changes: list[Change], pick: int) -> None:
        self.actions.change(*changes)
        self.actions.backfill(pick)

    @rule(changes=changes)
    def reseed(self, changes: list[Change]) -> None:
        self.actions.change(*changes)
        self.actions.load("reseed")

    @rule(changes=changes, step=picks, ending=endings, goes_on=st.booleans())
    def crash(self, changes: list[Change], step: int, ending: Ending, goes_on: bool) -> None:
        self.actions.change(*changes)
        self.actions.crash(step, ending, goes_on=goes_on)

    @rule(changes=changes, step=st.sampled_from(("extract", "stage", "merge")), at=st.integers(1, 6))
    def overtake(self, changes: list[Change], step: str, at: int) -> None:
        self.actions.change(*changes)
        self.actions.overtake(step, at)

    @rule(pick=picks, hours=hours, fault=picks, meanwhile=picks)
    def outlive(self, pick: int, hours: int, fault: int, meanwhile: int) -> None:
        self.actions.outlive(Change("update", pick, hours, fault=fault), meanwhile)


@pytest.mark.parametrize("step", ["extract", "stage", "merge"])
def test_an_attempt_that_is_overtaken_before_any_of_its_statements_does_no_harm(site: Site, step: str) -> None:
    counts: Counter[str] = Counter()
    with World(site, SUBJECTS["well-headers"], counts) as world:
        actions = Actions(world)
        actions.change(*[Change("insert")] * 5)
        actions.load()
        for at in range(1, world.statements(step) + 1):
            actions.change(Change("update", at), Change("delete", at))
            actions.overtake(step, at)
    assert counts["stale worker gave up"] > 0


@pytest.mark.parametrize("dataset_id", SUBJECTS)
def test_core_is_what_the_source_said_after_any_sequence_of_changes_loads_and_crashes(
    site: Site, dataset_id: str
) -> None:
    counts: Counter[str] = Counter()

    class Here(Machine):
        def __init__(self) -> None:
            super().__init__(site, SUBJECTS[dataset_id], counts)

    run_state_machine_as_test(Here, settings=FIXED)
    print(dict(counts))
