"""After any sequence of changes, loads and crashes core is what the source said; an oracle judges every step."""

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.machine_actions import CHANGES, MEANWHILE, Actions, Change
from tests.faults.machine_chance import RUNS, Chance
from tests.faults.machine_subjects import SUBJECTS, Subject
from tests.faults.machine_world import Ending, World
from tests.services.site import Site

# What chance finds is for `make soak`, which prints its seed. Here the sequences are the same as long as the tests'
# modules are: Hypothesis draws their constants, too.
FIXED = settings(
    max_examples=7,
    stateful_step_count=8,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
SEED = 31
CUT_SHORT = ("extract", "stage", "merge", "archive")
OVERTAKEN = ("extract", "stage", "merge")
HELD_BY_THEN = 7  # statements, after which no other attempt can take the batch over

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

    def after(self, changes: list[Change]) -> Actions:
        """Change the source first."""
        self.actions.change(*changes)
        return self.actions

    @initialize(count=st.integers(4, 12))
    def begin(self, count: int) -> None:
        self.after([Change("insert", hours=9)] * count).load()

    @rule(changes=changes)
    def load(self, changes: list[Change]) -> None:
        self.after(changes).load()

    @rule(changes=changes)
    def reseed(self, changes: list[Change]) -> None:
        self.after(changes).load("reseed")

    @rule(changes=changes, pick=picks)
    def backfill(self, changes: list[Change], pick: int) -> None:
        self.after(changes).backfill(pick)

    @rule(changes=changes, upto=picks, kind=picks, pick=picks)
    def leave(self, changes: list[Change], upto: int, kind: int, pick: int) -> None:
        self.after(changes).leave(upto, kind, pick)

    @rule(changes=changes, pick=picks)
    def finish(self, changes: list[Change], pick: int) -> None:
        self.after(changes).finish(pick)

    @rule(changes=changes, pick=picks, upto=picks)
    def retry(self, changes: list[Change], pick: int, upto: int) -> None:
        self.after(changes).retry(pick, upto)

    @rule(changes=changes, upto=picks, kind=picks, pick=picks, meanwhile=changes, again=st.booleans())
    def overlap(
        self, changes: list[Change], *, upto: int, kind: int, pick: int, meanwhile: list[Change], again: bool
    ) -> None:
        self.after(changes).overlap(upto, kind, pick, meanwhile, again=again)

    @rule(changes=changes, pick=picks)
    def run_again(self, changes: list[Change], pick: int) -> None:
        self.after(changes).run_again(pick)

    @rule(changes=changes, pick=picks)
    def replay(self, changes: list[Change], pick: int) -> None:
        self.after(changes).load()
        self.actions.replay(pick)

    @rule(changes=changes, step=st.sampled_from(CUT_SHORT), ending=endings, goes_on=st.booleans())
    def crash(self, changes: list[Change], step: str, ending: Ending, goes_on: bool) -> None:
        self.after(changes).crash(step, ending, goes_on=goes_on)

    @rule(changes=changes, step=st.sampled_from(OVERTAKEN), at=st.integers(1, 6))
    def overtake(self, changes: list[Change], step: str, at: int) -> None:
        self.after(changes).overtake(step, at)

    @rule(pick=picks, hours=hours, fault=picks, meanwhile=st.sampled_from(MEANWHILE))
    def outlive(self, pick: int, hours: int, fault: int, meanwhile: str) -> None:
        self.after([]).outlive(Change("update", pick, hours, fault=fault), meanwhile)


@pytest.mark.parametrize("dataset_id", SUBJECTS)
def test_core_is_what_the_source_said_after_any_sequence_of_changes_loads_and_crashes(
    site: Site, dataset_id: str
) -> None:
    counts: Counter[str] = Counter()

    @seed(SEED)
    class Here(Machine):
        def __init__(self) -> None:
            super().__init__(site, SUBJECTS[dataset_id], counts)

    run_state_machine_as_test(Here, settings=FIXED)
    assert counts["rows checked"] > 0  # by the oracle, which raises at the first that is not as promised


@pytest.mark.parametrize("dataset_id", SUBJECTS)
def test_core_is_what_the_source_said_after_a_run_of_each_kind(site: Site, dataset_id: str) -> None:
    counts: Counter[str] = Counter()
    with World(site, SUBJECTS[dataset_id], counts) as world:
        chance = Chance(Random(SEED), Actions(world))
        chance.begin()
        for kind in RUNS:
            chance.go_on(kind)
        Actions(world).settle()
    assert counts["rows checked"] > 0


@pytest.mark.parametrize("dataset_id", ["well-headers", "production"])
def test_a_faulty_row_that_is_put_right_in_its_place_is_loaded_however_late(site: Site, dataset_id: str) -> None:
    with World(site, SUBJECTS[dataset_id]) as world:
        actions = Actions(world)
        actions.change(*[Change("insert")] * 4)
        actions.load()
        for number, meanwhile in enumerate(MEANWHILE):
            actions.outlive(Change("update", pick=number, fault=number), meanwhile)


@pytest.mark.parametrize("step", OVERTAKEN)
def test_an_attempt_that_is_overtaken_before_it_holds_its_batch_does_no_harm(site: Site, step: str) -> None:
    counts: Counter[str] = Counter()
    with World(site, SUBJECTS["well-headers"], counts) as world:
        actions = Actions(world)
        actions.change(*[Change("insert")] * 4)
        actions.load()
        for at in range(1, HELD_BY_THEN + 1):
            actions.change(Change("update", at), Change("delete", at))
            actions.overtake(step, at)
    assert counts["stale worker gave up"] > 0
