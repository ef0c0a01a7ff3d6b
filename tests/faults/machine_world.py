"""A source of a few dozen rows, an empty warehouse, and the steps of loads between them, each one judged.

Nothing stands in for anything: the API, the object store and PostGIS are the real ones, an attempt that ends early is
ended by an exception or by its backend's end, and Great Expectations alone is left out, for it is slow and not what
is asked about here.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

import psycopg

from enverus_elt.errors import StaleWorkerError, TransientError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse, connect
from enverus_elt.sources.enverus import EnverusSource
from enverus_elt.sources.http import EnverusSession
from enverus_elt.sql import render
from enverus_elt.steps.batch import LoadKind
from enverus_elt.steps.extract import extract
from enverus_elt.steps.merge import archive, merge
from enverus_elt.steps.opening import LoadRequest
from enverus_elt.steps.stage import stage
from tests.faults.machine_api import Mirror
from tests.faults.machine_model import Truth
from tests.faults.machine_oracle import COMMITTED, Attempt, Oracle, Shot, ViolationError
from tests.faults.machine_subjects import Subject
from tests.faults.machine_wires import CrashError, TrippingStore, Wire, backend_terminator, crash, strung
from tests.faults.machine_worker import run_and_kill, wait_until_gone
from tests.services.site import Site

STEPS = ("extract", "stage", "approve", "merge", "archive")
STATES = ("extracting", "extracted", "staged", "validated", "merged", "archived")  # what the first n steps lead to
ENDED = (CrashError, psycopg.Error, TransientError)


@dataclass(frozen=True)
class Ending:
    """How and where an attempt ends early: at a statement to the warehouse, or at a request to the object store.

    ``at`` is taken modulo what the step usually needs, so that it is reached.
    """

    at: int
    how: str  # "terminate" the backend, or "raise"
    after: bool = False
    where: str = "warehouse"  # or "store"

    def __str__(self) -> str:
        return f"{self.how} {'after' if self.after else 'before'} request {self.at} to the {self.where}"


@dataclass
class World:
    """One sequence of steps from an empty source on; ``story`` tells it."""

    site: Site
    subject: Subject
    counts: Counter[str] = field(default_factory=Counter)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    truth: Truth = field(init=False)
    mirror: Mirror = field(init=False)
    shot: Shot = field(init=False)

    def __enter__(self) -> Self:
        self.truth = Truth(self.subject)
        self._resources = ExitStack()
        self._watcher = self._resources.enter_context(connect())
        self._session = self._resources.enter_context(enverus_session(self._watcher))
        self._conn = connect()
        self._readings = 0
        self._requests: Counter[tuple[str, str]] = Counter()  # the most that a step has needed
        self.mirror = Mirror(self.site, self.subject)
        self._clear()
        self.shot = Shot.take(self._watcher, self.subject)
        return self

    def __exit__(self, *_: object) -> None:
        self._conn.close()
        self.mirror.close()
        self._resources.close()

    @property
    def conn(self) -> Warehouse:
        """The loader's connection; a new one where the last was ended."""
        if self._conn.closed:
            self._conn = connect()
        return self._conn

    def tell(self, what: str) -> None:
        """Add a line to the story."""
        self.story.append(what)
        self.counts[what.partition(" ")[0]] += 1

    def open(self, kind: str = "regular", low: datetime | None = None, high: datetime | None = None) -> Attempt:
        """A run that has not begun."""
        run_id = f"{kind}-{len(self.attempts) + 1}"
        self.attempts[run_id] = attempt = Attempt(run_id, kind, low=low, high=high)
        return attempt

    def replay(self, original: Attempt) -> Attempt:
        """A run that loads a committed batch's objects once more."""
        attempt = self.open("replay", original.low, original.high)
        values = {"batch_id": original.batch_id, "dataset": self.subject.dataset.id, "run_id": attempt.run_id}
        row = self.conn.execute(render("ops/open_replay.sql"), values).fetchone()
        assert row is not None
        attempt.batch_id, attempt.asked = row["batch_id"], original.asked
        attempt.manifest, attempt.number, attempt.reading = original.manifest, original.number, original.reading
        self.judge()
        return attempt

    def state(self, attempt: Attempt) -> str | None:
        """Where its batch stands; None before it is opened."""
        row = self.shot.batches.get(attempt.batch_id)
        return row["state"] if row else None

    def pending(self) -> list[Attempt]:
        """Runs that were begun and are not at their end."""
        return [attempt for attempt in self.attempts.values() if self.state(attempt) not in (None, STATES[-1])]

    def committed(self) -> list[Attempt]:
        """Runs whose rows are in core."""
        return [attempt for attempt in self.attempts.values() if self.state(attempt) in COMMITTED]

    def next_step(self, attempt: Attempt) -> str:
        """What the run has to do next."""
        state = self.state(attempt)
        return STEPS[STATES.index(state)] if state else STEPS[0]

    def statements(self, step: str) -> int:
        """The most that the step has needed so far."""
        return self._requests[step, "warehouse"]

    def finish(self, attempt: Attempt) -> None:
        """Go on from where the run is, to its end."""
        for step in STEPS[STEPS.index(self.next_step(attempt)) :]:
            self.perform(attempt, step)

    def load(self, attempt: Attempt, upto: str = STEPS[-1]) -> bool:
        """Go through the steps from the first one on, as a retry does, whatever was done before."""
        return all(self.perform(attempt, step) for step in STEPS[: STEPS.index(upto) + 1])

    def kill(self, attempt: Attempt, seconds: float) -> None:
        """All steps in a process of their own, which is killed after that time unless it has ended before."""
        self.tell(f"kill {attempt.run_id} after {seconds:.3f} s")
        self._announce(attempt)
        has_ended = run_and_kill(lambda conn, store, session: self._whole(conn, store, session, attempt), seconds)
        wait_until_gone(self._watcher)
        self.judge()
        self.counts[
            "worker ended by itself" if has_ended else f"worker killed: {self.state(attempt) or 'not begun'}"
        ] += 1

    def perform(self, attempt: Attempt, step: str, ending: Ending | None = None) -> bool:
        """One step, and the oracle after it; False where the ending cut the step short."""
        conn, wires, is_done = self.conn, {"warehouse": Wire(), "store": Wire()}, True
        if ending:
            usual = max(1, self._requests[step, ending.where])
            ending = replace(ending, at=ending.at % usual + 1)
            wires[ending.where] = Wire(ending.at, self._end(ending), ending.after)
        self.tell(f"{step} {attempt.run_id}" + (f", {ending}" if ending else ""))
        with strung(conn, wires["warehouse"]):
            try:
                self._do(step, conn, TrippingStore(self.site.store, wires["store"]), attempt)
            except ENDED as error:
                if ending and wires[ending.where].touched:
                    self.counts[f"cut short: {ending.how}, {ending.where}"] += 1
                elif self.mirror.is_misbehaving and isinstance(error, TransientError):
                    self.counts["retries after a misbehaviour of the API"] += 1
                else:
                    raise
                is_done = False
        if ending and ending.how == "terminate":
            conn.close()  # it need not have noticed
        for where, wire in wires.items():
            self._requests[step, where] = max(self._requests[step, where], wire.seen)
        self.judge()
        return is_done

    def overtake(self, attempt: Attempt, step: str, at: int) -> None:
        """At a statement of the step another attempt at the same run begins, and goes as far as it can.

        Then the first one wakes up; it has to notice that the batch is no longer its own.
        """
        self.tell(f"overtake {attempt.run_id} in {step} at statement {at}")
        with connect() as successor:
            # Where the first attempt holds the lock, waiting for it is in vain.
            successor.execute("SET lock_timeout = '100ms'")
            conn = self.conn
            with strung(conn, Wire(at, lambda: self._succeed(successor, attempt))):
                try:
                    self._do(step, conn, self.site.store, attempt)
                except StaleWorkerError:
                    self.counts["stale worker gave up"] += 1
        self.judge()

    def judge(self) -> None:
        """Ask the oracle about what has happened since it was last asked."""
        before, after = self.shot, Shot.take(self._watcher, self.subject)
        self._learn(after)
        attempts = {attempt.batch_id: attempt for attempt in self.attempts.values() if attempt.batch_id}
        try:
            self.counts["rows checked"] += Oracle(self.truth, attempts, before, after).judge()
        except ViolationError as error:
            raise ViolationError("\n  ".join([str(error), "after:", *self.story])) from None
        for number in after.committed - before.committed:
            self._keep_aside(attempts[number], [attempts[other] for other in before.committed])
        self.shot = after

    def _do(self, step: str, conn: Warehouse, store: ObjectStore, attempt: Attempt) -> None:
        dataset = self.subject.dataset
        if step == "extract":
            if attempt.kind != "replay":
                self._announce(attempt)
                self._read(conn, store, self._session, attempt)
        elif step == "stage":
            stage(conn, store, dataset, attempt.batch_id)
        elif step == "approve":
            if self._state_now(attempt) not in COMMITTED:
                self.site.approve(conn, dataset.id, attempt.batch_id)
        elif step == "merge":
            merge(conn, dataset, attempt.batch_id)
        else:
            archive(conn, store, dataset, attempt.batch_id)

    def _whole(self, conn: Warehouse, store: ObjectStore, session: EnverusSession, attempt: Attempt) -> None:
        self._read(conn, store, session, attempt)
        for step in STEPS[1:]:
            self._do(step, conn, store, attempt)

    def _announce(self, attempt: Attempt) -> None:
        """Before the source is read: it is brought up to date, and its state noted as what the attempt will know."""
        self.mirror.catch_up()
        self._readings += 1
        attempt.candidate = (self.truth.number, self._readings)

    def _read(self, conn: Warehouse, store: ObjectStore, session: EnverusSession, attempt: Attempt) -> None:
        is_backfill = attempt.kind == "backfill"
        window = (attempt.low, attempt.high) if is_backfill else (None, None)
        request = LoadRequest(LoadKind(attempt.kind), *window)
        source = EnverusSource(session, self.subject.dataset)
        attempt.batch_id = extract(conn, store, source, self.subject.dataset, attempt.run_id, request=request).batch_id

    def _succeed(self, conn: Warehouse, attempt: Attempt) -> None:
        try:
            for step in STEPS[:-1]:
                self._do(step, conn, self.site.store, attempt)
        except psycopg.errors.LockNotAvailable:
            self.counts["successor had to wait"] += 1

    def _end(self, ending: Ending) -> Any:
        return crash if ending.how == "raise" else backend_terminator(self.conn, self._watcher)

    def _state_now(self, attempt: Attempt) -> str:
        """Through a connection of its own: in a forked worker every other one is its parent's."""
        with connect() as conn:
            query = "SELECT state FROM ops.load_batches WHERE batch_id = %s"
            row = conn.execute(query, (attempt.batch_id,)).fetchone()
        return str(row["state"]) if row else ""

    def _learn(self, shot: Shot) -> None:
        """What the batches' rows say of the runs: their windows, and whether a new reading is what counts now."""
        for row in shot.batches.values():
            attempt = self.attempts[row["airflow_run_id"]]
            attempt.batch_id, attempt.low, attempt.high = row["batch_id"], row["window_low"], row["window_high"]
            manifest = (row["manifest_key"] or "").partition("/")[2]  # whether it is archived makes no difference
            if manifest and manifest != attempt.manifest:
                attempt.manifest, attempt.asked = manifest, shot.asked.get(attempt.batch_id, frozenset())
                attempt.number, attempt.reading = attempt.candidate
                self._has_read(attempt)

    def _has_read(self, attempt: Attempt) -> None:
        times = [form.updated for form in attempt.seen(self.truth).values() if not form.fault]
        if attempt.kind in ("regular", "reseed"):
            self.truth.newest_read = max(filter(None, (self.truth.newest_read, *times)), default=None)

    def _keep_aside(self, attempt: Attempt, others: list[Attempt]) -> None:
        if any(other.reading > attempt.reading for other in others):
            return
        for key in list(self.truth.kept_aside):
            form = self.truth.at(key, attempt.number)
            if form is not None and form.gone:
                del self.truth.kept_aside[key]
        for form in attempt.seen(self.truth).values():
            if form.fault is None:
                self.truth.kept_aside.pop(form.key, None)
            elif attempt.kind in ("regular", "reseed"):
                self.truth.kept_aside[form.key] = form

    def _clear(self) -> None:
        table = self.subject.dataset.staging_table
        partitions = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = %s::regclass"
        for row in self._watcher.execute(partitions, (f"staging.{table}",)).fetchall():
            self._watcher.execute(f"DROP TABLE {row['name']}")
        with connect(WAREHOUSE_OWNER) as owner:
            owner.execute(f"TRUNCATE core.{self.subject.dataset.table}")
            owner.execute("TRUNCATE ops.load_batches CASCADE")
