"""What has to be true of the warehouse after every step, whatever the steps were.

The rules do not repeat the product's own (cursors, batches' ages, hashes): each form of a row bears a number in the
order in which the source made it, so core can be asked the plain questions. Does it show what the source once was? Did
it go back? Is what was due there? Exclusions are named where they are made, and nowhere else:

* a form with a fault cannot be in core; the row's last good form stays there until it is corrected;
* a change that was dated before every window's reach when it came (:meth:`Truth._is_due`) is owed by backfills and
  reseeds alone, and so is a row that vanished from an incremental source;
* rows that vanished are not deleted by a load that has rows in quarantine;
* a batch that read the source earlier than another that is in core owes only rows whose time is newer than core's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from enverus_elt.hooks.warehouse import Warehouse
from tests.faults.machine_model import Truth
from tests.faults.machine_subjects import Form, Subject

COMMITTED = ("merged", "archived")
CLOSING = {"is_current", "valid_to", "updated_at", "xmin"}  # what becomes another when a version ends
Row = dict[str, Any]


class ViolationError(AssertionError):
    """The warehouse is not what was promised."""


@dataclass
class Attempt:
    """A run as the machine knows it: what it has read, up to which form of the source, and as which reading."""

    run_id: str
    kind: str
    batch_id: int = 0
    low: datetime | None = None
    high: datetime | None = None
    asked: frozenset[int] = frozenset()
    number: int = 0
    reading: int = 0
    manifest: str = ""  # of the reading that counts
    candidate: tuple[int, int] = (0, 0)  # number and reading of the extract that was last begun

    def seen(self, truth: Truth) -> dict[int, Form]:
        """The rows that it read, by key."""
        assert self.high is not None
        window = {form.key: form for form in truth.visible(self.low, self.high, self.number)}
        return window | {form.key: form for form in truth.rows(self.number) if form.key in self.asked}


@dataclass(frozen=True)
class Shot:
    """Everything that is judged, as it is at one moment."""

    core: dict[int, list[Row]]
    batches: dict[int, Row]
    asked: dict[int, frozenset[int]]  # by batch: keys of rows in quarantine that it asked for by name
    run_log: list[Row]
    watermark: datetime | None

    @classmethod
    def take(cls, conn: Warehouse, subject: Subject) -> "Shot":
        """Look at all of it."""
        shown = ", ".join(f"{expression} AS {name}" for name, expression in subject.columns.items())
        versions = ", valid_from, valid_to, is_current" if subject.dataset.versioned else ""
        order = ", valid_from" if subject.dataset.versioned else ""
        rows = conn.execute(
            f"SELECT {subject.key_column} AS key, {shown}, deleted_at, load_batch_id, updated_at, xmin::text{versions}"
            f" FROM core.{subject.dataset.table} ORDER BY key{order}"
        )
        core: dict[int, list[Row]] = {}
        for row in rows:
            core.setdefault(row["key"], []).append(row)
        batches = {row["batch_id"]: row for row in conn.execute("SELECT * FROM ops.load_batches")}
        entries = conn.execute(
            "SELECT b.batch_id, array_agg((q.natural_key ->> 0)::bigint) AS keys FROM ops.load_batches AS b"
            " INNER JOIN ops.quarantine AS q ON q.quarantine_id = any(b.asked_for) GROUP BY b.batch_id"
        )
        asked = {row["batch_id"]: frozenset(row["keys"]) for row in entries}
        log = conn.execute("SELECT * FROM ops.run_log ORDER BY batch_id").fetchall()
        mark = conn.execute("SELECT watermark FROM ops.extract_watermarks").fetchone()
        return cls(core, batches, asked, log, mark["watermark"] if mark else None)

    @property
    def committed(self) -> set[int]:
        """Batches that say of themselves that they are in core."""
        return {number for number, row in self.batches.items() if row["state"] in COMMITTED}

    def current(self, key: int) -> Row | None:
        """The row as it is now."""
        return next((row for row in self.core.get(key, []) if row.get("is_current", True)), None)


@dataclass(frozen=True)
class Oracle:
    """Judges the step from ``before`` to ``after``."""

    truth: Truth
    attempts: Mapping[int, Attempt]
    before: Shot
    after: Shot

    def judge(self) -> int:
        """Raise ViolationError where a promise is broken; returns how many rows were looked at."""
        new = self.after.committed - self.before.committed
        self._records()
        self._histories()
        self._never_back()
        if not new:
            self._nothing_happened()
        for number in new:
            attempt, others = self.attempts[number], [self.attempts[other] for other in self.before.committed]
            self._untouched(attempt)
            self._watermark(attempt)
            if all(attempt.reading >= other.reading for other in others):
                self._complete(attempt)
            else:
                self._newer_rows(attempt)
        return sum(len(rows) for rows in self.after.core.values())

    def standing(self, shot: Shot, key: int) -> int:
        """The number of the newest form of the row that core may be showing; 0 where it has none."""
        row = shot.current(key)
        if row is None:
            return 0
        newest = max((self.attempts[number].number for number in shot.committed), default=0)
        numbers = [number for number in self._numbers(key, row) if number <= newest]
        return max(numbers) if numbers else self._fail(f"core shows {row}, which no load has read")

    def _numbers(self, key: int, row: Row) -> list[int]:
        """Forms that the row may be showing: one that was deleted and restored is again what it was."""
        return [form.number for form in self.truth.forms.get(key, []) if self._shows(row, form)]

    def _shows(self, row: Row, form: Form) -> bool:
        """A row that is gone is shown as deleted, with whatever core knew of it."""
        if form.gone:
            earlier = (was for was in self.truth.forms[form.key] if was.number < form.number and not was.gone)
            return row["deleted_at"] is not None and any(self._same(row, was) for was in earlier)
        return self._same(row, form) and row["deleted_at"] == form.deleted

    def _same(self, row: Row, form: Form) -> bool:
        return not form.fault and all(row[name] == value for name, value in self.truth.subject.shown(form).items())

    def _records(self) -> None:
        """One row of the run log for each committed batch, none for any other; rows are conserved."""
        logged = [row["batch_id"] for row in self.after.run_log]
        self._hold(sorted(logged) == sorted(self.after.committed), f"run log {logged}, in core {self.after.committed}")
        self._hold(self.before.committed <= self.after.committed, "a committed batch is no longer one")
        runs = [row["airflow_run_id"] for row in self.after.run_log]
        self._hold(len(runs) == len(set(runs)), f"a run is in the log twice: {runs}")
        for row in self.after.run_log:
            fates = ("inserted", "updated", "unchanged", "stale", "duplicate", "deleted")
            self._hold(row["extracted"] == row["staged"] + row["quarantined"], f"rows are lost before merge: {row}")
            self._hold(row["staged"] == sum(row[fate] for fate in fates), f"rows have no fate: {row}")
        earlier = self.after.run_log[: len(self.before.run_log)]
        kept = all(row in self.after.run_log for row in self.before.run_log)
        self._hold(kept, f"the log's rows were {self.before.run_log} and are {earlier}")

    def _histories(self) -> None:
        """Versions follow one another without a gap or an overlap, the last is current, and none is written anew."""
        if not self.truth.subject.dataset.versioned:
            twice = [key for key, rows in self.after.core.items() if len(rows) > 1]
            self._hold(not twice, f"rows that are in core twice: {twice}")
            return
        for key, rows in self.after.core.items():
            current = [row["is_current"] for row in rows]
            self._hold(current == [False] * (len(rows) - 1) + [True], f"current versions of {key}: {current}")
            for row in rows:
                spans = row["valid_to"] is None or row["valid_from"] < row["valid_to"]
                self._hold(spans, f"a version that ends before it begins: {row}")
            for one, next_one in pairwise(rows):
                self._hold(one["valid_to"] <= next_one["valid_from"], f"versions of {key} overlap: {one}, {next_one}")
            number = 0
            for row in rows:
                later = [other for other in self._numbers(key, row) if other > number]
                number = (
                    min(later)
                    if later
                    else self._fail(f"versions of {key} in another order than at the source: {rows}")
                )
            before = self.before.core.get(key, [])
            self._hold(len(before) <= len(rows), f"the history of {key} became shorter")
            for was, row in zip(before, rows, strict=False):
                ignored = CLOSING if was["is_current"] and not row["is_current"] else set()
                same = all(was[name] == row[name] for name in row if name not in ignored)
                self._hold(same, f"history was rewritten: {was} became {row}")

    def _never_back(self) -> None:
        for key in self.before.core.keys() | self.after.core.keys():
            was, now = self.standing(self.before, key), self.standing(self.after, key)
            self._hold(now >= was, f"{key} went back: {self._describe(key, was)} became {self._describe(key, now)}")
        was_mark, mark = self.before.watermark, self.after.watermark
        self._hold(was_mark is None or (mark is not None and mark >= was_mark), f"watermark {was_mark} became {mark}")

    def _nothing_happened(self) -> None:
        self._hold(self.before.core == self.after.core, "core changed although no batch was committed")
        self._hold(self.before.watermark == self.after.watermark, "the watermark moved although no batch was committed")
        self._hold(self.before.run_log == self.after.run_log, "the run log changed although no batch was committed")

    def _untouched(self, attempt: Attempt) -> None:
        """Rows that did not change are not written, and only what the batch has read changes."""
        seen = attempt.seen(self.truth)
        for key in self.before.core.keys() | self.after.core.keys():
            was, now = self.before.core.get(key), self.after.core.get(key)
            if was == now:
                continue
            moved = self.standing(self.after, key) > self.standing(self.before, key)
            self._hold(moved, f"{key} was written although it is what it was: {was} became {now}")
            self._hold(
                key in seen or self._reads_all(attempt), f"{key} changed, but batch {attempt.batch_id} has no such row"
            )

    def _watermark(self, attempt: Attempt) -> None:
        """It is not raised past a row of the source that is not in core, one in quarantine included."""
        was, mark = self.before.watermark, self.after.watermark
        if mark is None or mark == was:
            return
        self._hold(attempt.kind != "backfill", f"a backfill moved the watermark from {was} to {mark}")
        seen = attempt.seen(self.truth)
        absent = [
            form
            for form in self.truth.rows(attempt.number)
            if self.standing(self.after, form.key) < form.number and (form.is_due or form.key in seen)
        ]
        absent += [
            form for key, form in self.truth.kept_aside.items() if key not in seen and self._is_there(key, attempt)
        ]
        for form in absent:
            past = f"the watermark went from {was} to {mark}, past {form}, which is not in core"
            self._hold(mark <= form.version, past)

    def _complete(self, attempt: Attempt) -> None:
        """The batch has the newest knowledge of the source: what was due, or what it read, is in core."""
        seen = attempt.seen(self.truth)
        is_beside_quarantine = bool(self.after.batches[attempt.batch_id]["quarantined"])
        for key in self.truth.forms:
            form = self.truth.at(key, attempt.number)
            if form is None or form.fault:
                continue
            if form.gone and (is_beside_quarantine or not self._deletes_absent(attempt)):
                continue
            owed = self._reads_all(attempt) or key in seen or (attempt.kind == "regular" and form.is_due)
            if owed and not self._stands(form):
                self._fail(f"core lacks {form} after a {attempt.kind} that read it: {self.after.current(key)}")

    def _newer_rows(self, attempt: Attempt) -> None:
        """A batch that comes late still brings what core has not had yet."""
        if self.truth.subject.is_snapshot:
            return
        for key, form in attempt.seen(self.truth).items():
            row = self.before.current(key)
            is_newer = row is None or form.updated > row["updated"]
            if not form.fault and is_newer and self.standing(self.after, key) < form.number:
                self._fail(f"core lacks {form}, which batch {attempt.batch_id} brought late: {self.after.current(key)}")

    def _stands(self, form: Form) -> bool:
        """Whether core shows the form; of a row that vanished before any load saw it there is nothing to show."""
        row = self.after.current(form.key)
        return form.gone if row is None else self._shows(row, form)

    def _is_there(self, key: int, attempt: Attempt) -> bool:
        form = self.truth.at(key, attempt.number)
        return form is not None and not form.gone

    def _reads_all(self, attempt: Attempt) -> bool:
        return attempt.low is None

    def _deletes_absent(self, attempt: Attempt) -> bool:
        return attempt.kind == "reseed" or self.truth.subject.is_snapshot

    def _describe(self, key: int, number: int) -> Form | None:
        return next((form for form in self.truth.forms.get(key, []) if form.number == number), None)

    def _hold(self, holds: bool, what: str) -> None:
        if not holds:
            self._fail(what)

    def _fail(self, what: str) -> Any:
        raise ViolationError(what)
