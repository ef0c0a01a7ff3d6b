"""A page's bytes → rows, fast where they are plain and careful where they are not."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from enverus_elt.errors import TransientError
from enverus_elt.sources.base import Page, Row
from enverus_elt.sources.json_marks import count_marks

MOST_DIGITS = 4_000  # Python refuses to read longer integers; as a number with a fraction they overflow, and say so
BETWEEN_ROWS = b"},{"
SLICE = 2**22  # bytes


class AmbiguousRow(dict[str, Any]):
    """A row that has a field twice, with different values: which of them is meant nobody can know."""

    def __init__(self, pairs: list[tuple[str, Any]], field: str) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        self.field = field


def decode_slices(content: bytes, content_type: str, dataset: str) -> Iterator[Page]:
    """The rows of a page, a few at a time: as Python objects they take several times the room of their JSON.

    The page is cut between two rows. A cut that is not, for a text or an array within a row looks like that, leaves
    brackets or quotes open and so no JSON: then the rest of the page is read at once.
    """
    position, opened = 0, b""
    while (cut := content.find(BETWEEN_ROWS, position + SLICE)) >= 0:
        try:
            page = decode_rows(opened + content[position : cut + 1] + b"]", content_type, dataset)
        except TransientError:
            break
        yield page
        position, opened = cut + len(BETWEEN_ROWS) - 1, b"["
    yield decode_rows(opened + content[position:] if position else content, content_type, dataset)


def decode_rows(content: bytes, content_type: str, dataset: str) -> Page:
    """Rows of a JSON array.

    orjson refuses lone surrogates, bytes that are not UTF-8, NaN and Infinity, and hides a field that is there
    twice; such a page is read once more by the standard library, marked as not plain, so that only the rows at
    fault are set aside. A body that is no JSON array at all was cut off or is not the API's, and is asked for again.
    """
    try:
        rows: Any = orjson.loads(content)
        plain = _is_plain(content, rows)
        if not plain:
            rows = _read_carefully(content)
    except orjson.JSONDecodeError as error:
        try:
            rows, plain = _read_carefully(content), False
        except (ValueError, RecursionError):
            what = content_type.partition(";")[0] or "an answer without a type"
            raise TransientError(f"{dataset}: a page of {len(content)} bytes ({what}) is not JSON: {error}") from error
    if not isinstance(rows, list):
        raise TransientError(f"{dataset}: a page is a JSON {type(rows).__name__}, not an array of rows")
    return Page(rows, plain)


def _is_plain(content: bytes, rows: Any) -> bool:
    """One object a row, no array inside, no NUL, no field twice, no number that a double cannot hold."""
    if not isinstance(rows, list) or not all(type(row) is dict for row in rows):
        return False
    marks = count_marks(content)
    return (
        marks.braces == len(rows)
        and marks.brackets == 1
        and not (marks.backslashes and b"\\u0000" in content)
        and marks.names == sum(map(len, rows))
        and not marks.blanks_before_a_colon
        and not marks.long_numbers
    )


def _read_carefully(content: bytes) -> Any:
    """Bytes that are not UTF-8 become lone surrogates, which no text may have, so that the row at fault is found.

    Control characters in a text are not escaped as JSON demands by every source, and mean what they are.
    """
    text = content.decode("utf-8", "surrogateescape")
    return json.loads(text, object_pairs_hook=_row, parse_int=_integer, strict=False)


def _row(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        for name, value in pairs:
            # To Python 1 equals true and 1.0.
            if value != row[name] or type(value) is not type(row[name]):
                return AmbiguousRow(pairs, name)
    return row


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)
