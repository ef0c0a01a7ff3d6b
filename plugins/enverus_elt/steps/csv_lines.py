"""Many rows of settled values → the CSV lines that the csv module would write, letter by letter, much faster.

orjson writes the values of a row far faster than the csv module does; what it writes differs from CSV in its quotes, in
``null``, ``true`` and ``false``, and in how it spells very large and very small numbers. All rows of a batch are made
into CSV in one go over their bytes; a row that holds what is spelt otherwise is left to the csv module.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
import orjson

Codes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

BREAK, QUOTE, COMMA, MINUS, POINT, ZERO, NINE, E, N, T, F = map(ord, '\n",-.09entf')
CAPITAL = ord("T") - ord("t")
NULL = len("null")
KEPT = 1  # stands for a quote that stays: a control character, which JSON escapes, so no text has it
AS_CSV = bytes.maketrans(bytes([KEPT]), b'"')


class _Echo(Protocol):
    def writerow(self, row: Iterable[Any], /) -> str: ...


def csv_lines(rows: Sequence[Sequence[Any]]) -> list[str]:
    """A line for each row of JSON values, without its line end; all rows have as many values."""
    if not rows or len(rows[0]) == 1:  # a lone empty value is the only one that the csv module writes in quotes
        return [csv_line(values) for values in rows]
    bodies = [_json(values) for values in rows]
    usual = [body for body in bodies if body is not None]
    made = iter(_lines(b"\n".join(usual), len(usual) * (len(rows[0]) - 1)) if usual else ())
    lines = (None if body is None else next(made) for body in bodies)
    return [csv_line(values) if line is None else line for values, line in zip(rows, lines, strict=True)]


def csv_line(values: Iterable[Any]) -> str:
    """One line by the csv module, without its line end."""
    return _write_row(values)


def _json(values: Sequence[Any]) -> bytes | None:
    """The values as JSON without the brackets; None for what CSV has without a backslash, or JSON not at all."""
    try:
        body = orjson.dumps(values)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate
        return None
    return None if b"\\" in body else body[1:-1]


def _lines(text: bytes, separators: int) -> list[str | None]:
    """Rows of JSON values, one a line → lines of CSV, and None for a row whose numbers Python spells otherwise.

    No quote and no line end is within a text, for JSON escapes both: every second quote ends a text.
    """
    codes = np.frombuffer(text, np.uint8)
    quotes, commas = codes == QUOTE, codes == COMMA
    written = codes.copy()
    if np.count_nonzero(commas) > separators:
        inside = (np.cumsum(quotes, dtype=np.uint8) & 1).view(np.bool_)
        _keep_quotes(written, np.flatnonzero(quotes), np.flatnonzero(commas & inside))
        commas &= ~inside
    begins = np.ones(len(codes), np.bool_)
    begins[1:] = (commas | (codes == BREAK))[:-1]
    nulls = np.flatnonzero(begins & (codes == N))
    for offset in range(NULL):
        written[nulls + offset] = QUOTE  # goes with the quotes
    written[np.flatnonzero(begins & ((codes == T) | (codes == F)))] += np.uint8(CAPITAL % 256)
    lines: list[str | None] = [*written.tobytes().translate(AS_CSV, b'"').decode().split("\n")]
    if len(odd := _exponents(codes)):
        odd = odd[np.searchsorted(np.flatnonzero(quotes), odd) % 2 == 0]  # the others are within a text
        for row in np.unique(np.searchsorted(np.flatnonzero(codes == BREAK), odd)):
            lines[row] = None
    return lines


def _keep_quotes(written: Codes, quotes: npt.NDArray[np.intp], commas: npt.NDArray[np.intp]) -> None:
    """A text with a comma stays in its quotes."""
    after = np.searchsorted(quotes, commas)
    written[quotes[after]] = written[quotes[after - 1]] = KEPT


def _exponents(codes: Codes) -> npt.NDArray[np.intp]:
    """Where a number has an exponent, or would have one in Python's spelling: 0.0000….

    Python and orjson both write the shortest digits that give the same double, and an exponent from 1e16 on; below
    1e-4 only Python does at once.
    """
    behind = codes[1:]
    exponents = (codes[:-1] == E) & ((behind == MINUS) | ((behind >= ZERO) & (behind <= NINE)))
    small = (codes[:-5] == ZERO) & (codes[1:-4] == POINT)
    for offset in range(2, 6):
        small &= codes[offset : len(codes) - 5 + offset] == ZERO
    return np.concatenate([np.flatnonzero(exponents), np.flatnonzero(small)])


def _line_maker() -> Callable[[Iterable[Any]], str]:
    """A function from values to one CSV line: the csv module hands back what its file's ``write`` returns.

    The module quotes the characters of its line end, so ``\\r\\n`` has a lone carriage return in a text quoted too.
    """

    class Echo:
        def write(self, text: str) -> str:
            return text[:-2]

    return cast(_Echo, csv.writer(Echo(), lineterminator="\r\n")).writerow


_write_row = _line_maker()
