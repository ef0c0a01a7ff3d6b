"""Types of columns that came as text, narrowed down over the whole file and never by a sample.

A column is of a type when every value of it is; the first one that is not makes it text, and is remembered with its
row, so that a partner can be told why ``depth`` is no number. The rules are narrow on purpose, for a wrong guess loses
what was there: a number with a leading zero is a code (API numbers, FIPS), more digits than a type can hold are an
identifier, a date is a date only as ISO 8601, and words like ``NA`` or ``*****`` are values, not gaps.
"""

from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
from pyarrow import compute as pc

BLANKS = " \t"
MOST_SHOWN = 40  # letters of a value that a fact quotes


class Kind(NamedTuple):
    """A type, and what its values look like."""

    name: str
    pattern: str
    type: pa.DataType


DAY = r"[1-9]\d{3}-\d{2}-\d{2}"
TIME = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
# In the order in which one is preferred where several fit. 15 digits before the point are what a double surely holds.
KINDS = (
    Kind("boolean", r"^(?i:true|false)$", pa.bool_()),
    Kind("integer", r"^(0|-?[1-9]\d{0,17})$", pa.int64()),
    Kind("number", r"^-?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$", pa.float64()),
    Kind("date", f"^{DAY}$", pa.date32()),
    Kind("timestamp", f"^{DAY}{TIME}$", pa.timestamp("us")),
    Kind("timestamp with zone", rf"^{DAY}{TIME}(Z|[+-]\d{{2}}:?\d{{2}})$", pa.timestamp("us", "UTC")),
)
CALENDAR = ("date", "timestamp", "timestamp with zone")  # 2024-02-30 looks like a date


@dataclass(frozen=True)
class Obstacle:
    """The value that made a column text which until then was ``instead_of``."""

    row: int
    value: str
    instead_of: str


@dataclass(frozen=True)
class Inferred:
    """What a column turned out to be."""

    type: pa.DataType
    empty: int
    obstacle: Obstacle | None = None


class Narrowing:
    """Looks at a file's batches of text, one after the other, and says at the end what each column is.

    Columns in ``as_text`` are text whatever they hold.
    """

    def __init__(self, width: int, as_text: frozenset[int] = frozenset(), first_row: int = 2) -> None:
        self._columns = [_Column([] if number in as_text else list(KINDS)) for number in range(width)]
        self._row = first_row

    def look(self, batch: pa.RecordBatch) -> None:
        """Take one more batch into account."""
        for column, values in zip(self._columns, batch.columns, strict=True):
            column.look(values, self._row)
        self._row += batch.num_rows

    def found(self) -> list[Inferred]:
        """The columns' types; one without any value is text."""
        return [column.found() for column in self._columns]


class _Column:
    def __init__(self, possible: list[Kind]) -> None:
        self._possible = possible
        self._filled = 0
        self._empty = 0
        self._obstacle: Obstacle | None = None

    def look(self, values: pa.Array, row: int) -> None:
        trimmed = pc.utf8_trim(values, BLANKS)
        filled = pc.not_equal(trimmed, "")
        count = pc.sum(filled).as_py() or 0
        self._empty += len(values) - count
        if count and self._possible:
            trimmed = trimmed if count == len(values) else pc.filter(trimmed, filled)
            self._narrow(trimmed, filled, row)
        self._filled += count

    def _narrow(self, values: pa.Array, filled: pa.Array, row: int) -> None:
        misfits = {kind: _first_misfit(values, kind) for kind in self._possible}
        remaining = [kind for kind in self._possible if misfits[kind] is None]
        if not remaining:
            kind, place = max(((kind, at) for kind, at in misfits.items() if at is not None), key=lambda item: item[1])
            if place or self._filled:
                at = row + pc.indices_nonzero(filled)[place].as_py()
                self._obstacle = Obstacle(at, values[place].as_py()[:MOST_SHOWN], kind.name)
        self._possible = remaining

    def found(self) -> Inferred:
        kind = self._possible[0].type if self._possible and self._filled else pa.string()
        return Inferred(kind, self._empty, self._obstacle)


def typed(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column of text as the type that it was found to be.

    Text stays letter for letter as it is, blanks and all; only what is quite empty becomes null. In other types so
    does what is blank.
    """
    if pa.types.is_string(kind):
        return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    trimmed = pc.utf8_trim(values, BLANKS)
    return pc.cast(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed), kind)


def first_refused(values: pa.Array, kind: pa.DataType) -> int:
    """Place of the first value that cannot be cast to the type, found by halving; there must be one."""
    low, high = 0, len(values)  # the first refused one is in [low, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _casts(values.slice(low, middle - low), kind):
            low = middle
        else:
            high = middle
    return low


def _first_misfit(values: pa.Array, kind: Kind) -> int | None:
    fits = pc.match_substring_regex(values, kind.pattern)
    place = pc.index(fits, False).as_py()
    if kind.name not in CALENDAR or place == 0:
        return None if place < 0 else int(place)
    looked = values if place < 0 else values.slice(0, place)
    if not _casts(looked, kind.type):
        return first_refused(looked, kind.type)
    return None if place < 0 else int(place)


def _casts(values: pa.Array, kind: pa.DataType) -> bool:
    try:
        pc.cast(values, kind)
    except pa.ArrowInvalid:
        return False
    return True
