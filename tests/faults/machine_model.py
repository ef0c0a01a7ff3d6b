"""What the source holds and has held, in plain Python: the truth that core is measured against.

Times are the past's: the source's clock is real and its windows have the grain of a day, so what is late or out of
reach is told by the rows' own times. They begin a fixed number of days before today's midnight, so that a sequence of
changes lies the same way to the days' borders whenever it is run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.faults.machine_subjects import Form, Subject

DAYS = 40
FIRST_KEY = 900_000_001


@dataclass
class Truth:
    """Every form of every row in the order they came about; ``newest_read`` is the newest cursor a load has seen."""

    subject: Subject
    forms: dict[int, list[Form]] = field(default_factory=dict)
    number: int = 0
    newest_read: datetime | None = None
    kept_aside: dict[int, Form] = field(default_factory=dict)  # faulty forms that a committed load had to leave out

    def __post_init__(self) -> None:
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.last = midnight
        self.time = midnight - timedelta(days=DAYS)

    def pass_time(self, hours: int) -> datetime:
        """Let the source's own time pass; it never reaches today."""
        self.time = min(self.time + timedelta(hours=hours, seconds=1), self.last)
        return self.time

    def living(self, *, gone: bool = False, deleted: bool | None = None, faulty: bool | None = None) -> list[int]:
        """Keys of the rows that are there (or gone), or of those among them that are deleted, or faulty."""
        latest = (forms[-1] for forms in self.forms.values())
        return [
            form.key
            for form in latest
            if form.gone == gone
            and deleted in (None, form.deleted is not None)
            and faulty in (None, form.fault is not None)
        ]

    def newest(self) -> int | None:
        """Key of the row that changed last."""
        return max(self.living(), key=lambda key: self.forms[key][-1].updated, default=None)

    def at(self, key: int, number: int | None = None) -> Form | None:
        """The row's form when ``number`` forms had come about; now, where that is left out."""
        upto = self.number if number is None else number
        return next((form for form in reversed(self.forms.get(key, [])) if form.number <= upto), None)

    def rows(self, number: int | None = None) -> Iterator[Form]:
        """The form of each row that was there when ``number`` forms had come about."""
        for key in self.forms:
            form = self.at(key, number)
            if form is not None and not form.gone:
                yield form

    def visible(self, low: datetime | None, high: datetime, number: int) -> Iterator[Form]:
        """What the API delivers of a window, which has the grain of a day."""
        for form in self.rows(number):
            times = (form.updated, *filter(None, (form.deleted,)))
            if low is None or any(low.date() <= time.date() <= high.date() for time in times):
                yield form

    def insert(self, updated: datetime, fault: str | None = None) -> Form:
        """A row that was not there before."""
        key = FIRST_KEY + len(self.forms)
        return self._add(Form(self.number + 1, key, self.number + 1, updated, fault=fault))

    def change(self, key: int, updated: datetime | None = None, fault: str | None = None) -> Form:
        """New attributes, good ones where no fault is named; with a new time or with the one it had."""
        was = self.forms[key][-1]
        time = was.updated if updated is None else max(updated, was.updated)
        return self._add(replace(was, look=self.number + 1, updated=time, fault=fault, gone=False))

    def delete(self, key: int, moment: datetime, *, moves_time: bool) -> Form:
        """The source's own way to delete: a date, and perhaps a new time of the last update."""
        was = self.forms[key][-1]
        return self._add(replace(was, deleted=moment, updated=max(moment, was.updated) if moves_time else was.updated))

    def restore(self, key: int, moment: datetime | None) -> Form:
        """Take the date of the delete away again; the row is what it was, byte for byte, where no time is given."""
        was = self.forms[key][-1]
        return self._add(replace(was, deleted=None, updated=max(moment, was.updated) if moment else was.updated))

    def vanish(self, key: int) -> Form:
        """Take the row away without a trace."""
        return self._add(replace(self.forms[key][-1], gone=True))

    def come_back(self, key: int) -> Form:
        """A row that vanished is there again as it was."""
        return self._add(replace(self.forms[key][-1], gone=False))

    def _add(self, form: Form) -> Form:
        self.number += 1
        form = replace(form, number=self.number)
        before = self.at(form.key)
        form = replace(form, is_due=self._is_due(form, before))
        self.forms.setdefault(form.key, []).append(form)
        return form

    def _is_due(self, form: Form, before: Form | None) -> bool:
        """Whether regular loads owe the form to core.

        A snapshot owes everything. A window owes what is dated no more than the overlap before the newest row that
        any load has read, and what replaces a faulty row in quarantine, whatever its date. All else came too late
        for every window: only a backfill or a reseed can reach it.
        """
        if self.subject.is_snapshot or self.newest_read is None:
            return True
        if form.gone:
            return False
        if form.version.date() >= (self.newest_read - self.subject.dataset.load.overlap).date():
            return True
        is_faulty = before is not None and not before.gone and before.fault is not None
        return before is not None and is_faulty and (before.is_due or form.key in self.kept_aside)
