"""What may happen: changes of the source, loads, and what goes wrong with them.

Which row, run, time or statement it happens to is told by plain numbers, so that whoever draws them, with a plan or by
chance, needs to know nothing of what there is; an action that finds nothing to act on does nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from tests.faults.machine_oracle import Attempt
from tests.faults.machine_subjects import Form
from tests.faults.machine_world import STEPS, Ending, World

T = TypeVar("T")

MOST_ROWS = 30
TOO_LATE = timedelta(days=4)
RETRIES = 4
OUT_OF_REACH_HOURS = 60  # after that a window no longer begins before the present
MEANWHILE = (
    "nothing",
    "a backfill reads it",
    "a backfill reads another",
    "a reseed",
    "replays",
    "an older load comes late",
)


@dataclass(frozen=True)
class Change:
    """A change of the source: of the ``pick``-th row there is, so many hours after the last."""

    what: str
    pick: int = 0
    hours: int = 1
    moves_time: bool = True
    fault: int | None = None


def chosen(among: Sequence[T], pick: int) -> T | None:
    """One of them, or None where there is none."""
    return among[pick % len(among)] if among else None


class Actions:
    """On one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._truth = world.truth
        self._seconds = 0.0  # that the last load took

    def change(self, *changes: Change) -> None:
        """Change rows of the source."""
        for change in changes:
            form = CHANGES[change.what](self, change)
            if form is not None:
                self._world.mirror.changed(form)
                self._world.tell(f"{change.what} {form}")

    def load(self, kind: str = "regular") -> None:
        """A load that goes well."""
        begun = time.monotonic()
        self._world.load(self._world.open(kind))
        self._seconds = time.monotonic() - begun

    def leave(self, upto: int, kind: int, pick: int) -> None:
        """A load of some kind that is left after its extract, its stage or its validation."""
        self._world.load(self._open(kind, pick), STEPS[upto % 3])

    def finish(self, pick: int) -> None:
        """One that was left goes on to its end."""
        if attempt := chosen(self._world.pending(), pick):
            self._world.finish(attempt)

    def retry(self, pick: int, upto: int) -> None:
        """One that was left begins again with its extract, and may be left again."""
        if attempt := chosen(self._world.pending(), pick):
            self._world.load(attempt, STEPS[upto % len(STEPS)])

    def overlap(self, upto: int, kind: int, pick: int, meanwhile: Sequence[Change], *, again: bool) -> None:
        """A load of some kind is left, a younger one is merged, then the older one, as it is or begun again.

        Some of what changes at the source meanwhile comes before the younger load, the rest after it.
        """
        older, half = self._open(kind, pick), len(meanwhile) // 2
        self._world.load(older, STEPS[upto % 3])
        self.change(*meanwhile[:half])
        self.load()
        self.change(*meanwhile[half:])
        if again:
            self._world.load(older)
        else:
            self._world.finish(older)

    def run_again(self, pick: int) -> None:
        """One that is in core runs once more under the same name: nothing changes."""
        if attempt := chosen(self._world.committed(), pick):
            self._world.load(attempt)

    def replay(self, pick: int) -> None:
        """The objects of one that is in core are loaded once more."""
        if attempt := chosen(self._originals(), pick):
            self._world.finish(self._world.replay(attempt))

    def backfill(self, pick: int) -> None:
        """A window is read again, around a row of the source."""
        self._world.load(self._backfill(chosen(self._truth.living(), pick), days=pick % 5 + 1))

    def endure(self, rules: list[dict[str, Any]]) -> None:
        """One during which the API misbehaves; it is tried again as often as a task would be."""
        attempt = self._world.open()
        self._world.tell(f"misbehave {rules}")
        self._world.counts.update(f"API: {rule['fault']}" for rule in rules)
        with self._world.mirror.misbehaving(rules):
            for _ in range(RETRIES):
                if self._world.load(attempt):
                    return

    def kill(self, share: float, *, goes_on: bool) -> None:
        """One whose process is killed after a share of the usual time; it is begun again, or left."""
        attempt = self._world.open()
        self._world.kill(attempt, share * self._seconds)
        if goes_on:
            self._world.load(attempt)

    def crash(self, step: str, ending: Ending, *, goes_on: bool) -> None:
        """One whose step is cut short; it is begun again at once, or left."""
        attempt = self._world.open()
        for name in STEPS:
            if not self._world.perform(attempt, name, ending if name == step else None):
                if goes_on:
                    self._world.load(attempt)
                return

    def overtake(self, step: str, at: int) -> None:
        """One whose step is overtaken by another attempt at the same run."""
        attempt = self._world.open()
        for earlier in STEPS[: STEPS.index(step)]:
            self._world.perform(attempt, earlier)
        self._world.overtake(attempt, step, at)
        self._world.finish(attempt)

    def outlive(self, change: Change, meanwhile: str) -> None:
        """A row becomes faulty; the source goes on until no window reaches it; then it is put right in its place.

        In between nothing happens to it, or one of :data:`MEANWHILE`.
        """
        older = self._world.open()
        if meanwhile == "an older load comes late":
            self._world.load(older, STEPS[0])
        self.change(change)
        self.load()
        self.change(Change("insert", hours=OUT_OF_REACH_HOURS))
        self.load()
        if meanwhile == "a backfill reads it":
            self._world.load(self._backfill(chosen(self._truth.living(faulty=True), change.pick), days=1))
        elif meanwhile == "a backfill reads another":
            self._world.load(self._backfill(self._truth.newest(), days=1))
        elif meanwhile == "a reseed":
            self.load("reseed")
        elif meanwhile == "replays":
            for attempt in self._originals():
                self._world.finish(self._world.replay(attempt))
        elif meanwhile == "an older load comes late":
            self._world.finish(older)
        self.change(Change("mend", change.pick))
        self.load()

    def settle(self) -> None:
        """What was due is in core after one more load, and all of the source after a reseed."""
        self.load()
        if not self._world.subject.is_snapshot:
            self.load("reseed")

    def insert(self, change: Change) -> Form | None:
        """A new row."""
        if len(self._truth.living()) >= MOST_ROWS:
            return None
        return self._truth.insert(self._truth.pass_time(change.hours), self._fault(change))

    def update(self, change: Change) -> Form | None:
        """Other attributes at a later time: for production, a month that is restated."""
        key = chosen(self._truth.living(), change.pick)
        return self._truth.change(key, self._truth.pass_time(change.hours), self._fault(change)) if key else None

    def rewrite(self, change: Change) -> Form | None:
        """Other attributes at the time that the row had."""
        key = chosen(self._truth.living(faulty=False), change.pick)
        return self._truth.change(key) if key else None

    def mend(self, change: Change) -> Form | None:
        """A faulty row is put right at the time that it had."""
        key = chosen(self._truth.living(faulty=True), change.pick)
        return self._truth.change(key) if key else None

    def delete(self, change: Change) -> Form | None:
        """The source's own delete, which may leave the time of the last update alone."""
        key = chosen(self._truth.living(deleted=False), change.pick)
        return (
            self._truth.delete(key, self._truth.pass_time(change.hours), moves_time=change.moves_time) if key else None
        )

    def restore(self, change: Change) -> Form | None:
        """A delete is taken back."""
        key = chosen(self._truth.living(deleted=True), change.pick)
        moment = self._truth.pass_time(change.hours) if change.moves_time else None
        return self._truth.restore(key, moment) if key else None

    def vanish(self, change: Change) -> Form | None:
        """A row is gone without a trace."""
        key = chosen(self._truth.living(), change.pick)
        return self._truth.vanish(key) if key else None

    def come_back(self, change: Change) -> Form | None:
        """A row that was gone is there as it was."""
        key = chosen(self._truth.living(gone=True), change.pick)
        return self._truth.come_back(key) if key else None

    def arrive_late(self, change: Change) -> Form | None:
        """A row, or a new form of one, dated before the newest that was read, but within the overlap."""
        return self._arrive(change, timedelta(hours=min(change.hours, 23)))

    def arrive_too_late(self, change: Change) -> Form | None:
        """The same, dated so long before that no window reaches it."""
        return self._arrive(change, TOO_LATE + timedelta(hours=change.hours))

    def _open(self, kind: int, pick: int) -> Attempt:
        """Mostly a regular load; else a backfill or a reseed."""
        if kind % 4 == 2:
            return self._backfill(chosen(self._truth.living(), pick), days=pick % 5 + 1)
        return self._world.open("reseed" if kind % 4 == 3 else "regular")

    def _backfill(self, key: int | None, days: int) -> Attempt:
        """Of the days around a row; a snapshot has no windows, so there it is a load like any other."""
        if key is None or self._world.subject.is_snapshot:
            return self._world.open()
        moment, length = self._truth.forms[key][-1].updated, timedelta(days=days)
        return self._world.open("backfill", moment - length, min(moment + length, self._truth.last))

    def _originals(self) -> list[Attempt]:
        return [attempt for attempt in self._world.committed() if attempt.kind != "replay"]

    def _arrive(self, change: Change, before: timedelta) -> Form | None:
        moment = (self._truth.newest_read or self._truth.time) - before
        older = [key for key in self._truth.living() if self._truth.forms[key][-1].updated < moment]
        if change.moves_time and (key := chosen(older, change.pick)):
            return self._truth.change(key, moment)
        return self._truth.insert(moment) if len(self._truth.living()) < MOST_ROWS else None

    def _fault(self, change: Change) -> str | None:
        return None if change.fault is None else chosen(self._world.subject.faults, change.fault)


CHANGES: Mapping[str, Callable[[Actions, Change], Form | None]] = {
    "insert": Actions.insert,
    "update": Actions.update,
    "rewrite": Actions.rewrite,
    "mend": Actions.mend,
    "delete": Actions.delete,
    "restore": Actions.restore,
    "vanish": Actions.vanish,
    "come_back": Actions.come_back,
    "arrive_late": Actions.arrive_late,
    "arrive_too_late": Actions.arrive_too_late,
}
