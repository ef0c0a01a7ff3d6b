"""Rows of JSON values → lines of CSV, each value converted once.

A line is ``row_no, row_hash, extra, <columns>, <geometries>``. The hash covers the catalog's fields alone, so
a field that the vendor adds does not make every row look changed.
"""

import csv
import json
import math
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol, cast

import orjson

from enverus_elt.catalog import Dataset
from enverus_elt.sources.base import Page, Row

MISSING = "NULL"  # how the API spells a missing text or date
LEADING = ("row_no", "row_hash", "extra")


class Reject(NamedTuple):
    """A row that no CSV column can carry, with the field that is at fault; numbered downwards from -1."""

    row_no: int
    column: str | None
    reason: str
    raw: Any


class _Echo(Protocol):
    def writerow(self, row: Iterable[Any], /) -> str: ...


class RowEncoder:
    """Encodes the rows of one batch and numbers them from 1."""

    def __init__(self, dataset: Dataset) -> None:
        self.columns = (*LEADING, *(dataset.field_columns[field] for field in dataset.fields))
        self.unknown: set[str] = set()
        self.absent = set(dataset.fields)  # fields of the catalog that no row has had yet
        self.rows = 0
        self.rejected = 0
        self._fields = dataset.fields
        self._known = frozenset(dataset.fields)
        self._integers = tuple(
            index for index, column in enumerate(dataset.columns) if column.type in ("smallint", "integer", "bigint")
        )
        self._line = _line_maker()

    @property
    def header(self) -> str:
        """The first line of every object; ``COPY … HEADER match`` holds it against the table."""
        return ",".join(self.columns) + "\n"

    def encode(self, page: Page) -> tuple[list[str], list[Reject]]:
        """The page's rows as lines, and those that cannot be one."""
        lines: list[str] = []
        rejects: list[Reject] = []
        for row in page.rows:
            if self.absent and isinstance(row, dict):
                self.absent -= row.keys()
            if not page.plain and (fault := _fault(row)):
                self.rejected += 1
                rejects.append(Reject(-self.rejected, *fault, raw=row))
            else:
                self.rows += 1
                lines.append(self._encode(row))
        return lines, rejects

    def _encode(self, row: Row) -> str:
        get = row.get
        values = [None if (value := get(field)) == MISSING else value for field in self._fields]
        for index in self._integers:
            value = values[index]
            if type(value) is float and value.is_integer():
                values[index] = int(value)
        line = self._line(values)
        digest = blake2b(line.encode(), digest_size=16).hexdigest()
        return f"{self.rows},{digest},{self._extra(row)}{line}"

    def _extra(self, row: Row) -> str:
        if not (unknown := row.keys() - self._known):
            return ","
        self.unknown |= unknown
        fields = {field: row[field] for field in sorted(unknown)}
        try:
            body = orjson.dumps(fields).decode()
        except TypeError:  # a lone surrogate or a number beyond 64 bits, which JSON itself allows
            body = json.dumps(fields)
        return self._line([body])[:-1] + ","


def _line_maker() -> Callable[[Iterable[Any]], str]:
    """A function from values to one CSV line: the csv module hands back what its file's ``write`` returns.

    The module quotes the characters of its line end, so ``\\r\\n`` has a lone carriage return in a text quoted too.
    """

    class Echo:
        def write(self, text: str) -> str:
            return text[:-2] + "\n"

    return cast(_Echo, csv.writer(Echo(), lineterminator="\r\n")).writerow


def _fault(row: Any) -> tuple[str | None, str] | None:
    """Why a row cannot be written as CSV, with its field."""
    if not isinstance(row, dict):
        return None, f"a row is a JSON {type(row).__name__}, not an object"
    for field, value in row.items():
        if not _is_text(field):
            return None, f"a field's name with a NUL character or a lone surrogate: {field!a}"
        if isinstance(value, dict | list):
            return field, f"a JSON {type(value).__name__} where a single value belongs"
        if isinstance(value, str) and not _is_text(value):
            return field, "text with a NUL character or a lone surrogate"
        if isinstance(value, float) and not math.isfinite(value):
            return field, f"{value} where a number belongs"
    return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value
