"""Types of an Excel sheet's columns, from the cells' own, over all rows.

Excel says of each cell whether it is a number, a date, a truth value or text, so nothing is read into text here: a
column that holds text anywhere is text, each value written the way it would be typed in. What a formula could not
compute (``#N/A``) is a gap, and is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from enverus_elt.formats.excel import ERRORS, Row
from enverus_elt.formats.inference import MOST_SHOWN, Inferred, Obstacle

BATCH_ROWS = 10_000
MIDNIGHT = time()
MOST_INTEGER = 2**63 - 1
KINDS: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "text": pa.string(),
}
CLASSES = ((bool, "boolean"), (int, "integer"), (float, "number"), (date, "date"))  # a bool is an int, too
# What a column is that has cells of two kinds; any other pair is text.
BOTH = {frozenset(("integer", "number")): "number", frozenset(("date", "timestamp")): "timestamp"}


class CellNarrowing:
    """Looks at every row, and says at the end what each column is; columns in ``as_text`` are text."""

    def __init__(self, width: int, as_text: frozenset[int] = frozenset()) -> None:
        self._kinds: list[str | None] = ["text" if number in as_text else None for number in range(width)]
        self._filled = [0] * width
        self._obstacles: list[Obstacle | None] = [None] * width
        self.rows = 0
        self.failed_formulas = 0

    def look(self, row: Row) -> None:
        """Take one more row into account."""
        self.rows += 1
        for number, value in enumerate(row.values):
            kind = _kind(value)
            if kind is None:
                self.failed_formulas += value in ERRORS
                continue
            self._filled[number] += 1
            before = self._kinds[number]
            if before is None or before == kind:
                self._kinds[number] = kind
            elif before != "text":
                self._kinds[number] = both = BOTH.get(frozenset((before, kind)), "text")
                if both == "text":
                    self._obstacles[number] = Obstacle(row.number, _text(value)[:MOST_SHOWN], before)

    def found(self) -> list[Inferred]:
        """The columns' types; one without any value is text."""
        return [
            Inferred(KINDS[kind or "text"], self.rows - filled, obstacle)
            for kind, filled, obstacle in zip(self._kinds, self._filled, self._obstacles, strict=True)
        ]


def typed_batches(rows: Iterable[Row], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows as batches of the types that were found."""
    makers = [_maker(field.type) for field in schema]
    waiting: list[tuple[Any, ...]] = []
    for row in rows:
        waiting.append(row.values)
        if len(waiting) == BATCH_ROWS:
            yield _batch(waiting, makers, schema)
            waiting = []
    if waiting:
        yield _batch(waiting, makers, schema)


def _batch(rows: Sequence[tuple[Any, ...]], makers: Sequence[Callable[[Any], Any]], schema: pa.Schema) -> Any:
    arrays = [
        pa.array([None if _kind(value) is None else make(value) for value in values], field.type)
        for values, make, field in zip(zip(*rows, strict=True), makers, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _kind(value: Any) -> str | None:
    if value is None or value == "" or (isinstance(value, str) and value in ERRORS):
        return None
    if isinstance(value, datetime):  # Excel's dates are times at midnight
        return "date" if value.time() == MIDNIGHT else "timestamp"
    if isinstance(value, int) and abs(value) > MOST_INTEGER:
        return "number"
    return next((kind for known, kind in CLASSES if isinstance(value, known)), "text")


def _maker(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_string(kind):
        return _text
    if pa.types.is_date(kind):
        return lambda value: value.date() if isinstance(value, datetime) else value
    if pa.types.is_timestamp(kind):
        return lambda value: value if isinstance(value, datetime) else datetime.combine(value, MIDNIGHT)
    return float if pa.types.is_floating(kind) else lambda value: value


def _text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
