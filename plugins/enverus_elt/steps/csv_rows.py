"""Rows of JSON values → lines of CSV, each value converted once.

A line is ``row_no, row_hash, extra, <stamps>, <columns>, <geometries>``. The hash covers the catalog's fields alone, so
a field that the vendor adds does not make every row look changed; and not the stamps of a file's version, which says
the same of all its rows, so that a row that the next version repeats is the same row.
"""

import json
import re
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import orjson

from enverus_elt.catalog import Dataset
from enverus_elt.sources.base import Page, Row
from enverus_elt.steps.csv_lines import csv_line, csv_lines
from enverus_elt.steps.rejects import MISSING, Fault, Reject, find_fault, reject

NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|0x)", re.IGNORECASE)
# PostgreSQL would guess: 01/02/2018 is 2 January to it, 180101 the year 2018, and now the time of the load.
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?", re.ASCII)
EXACT = 2**53  # up to here every whole number has a double of its own
LEADING = ("row_no", "row_hash", "extra")
AT_ONCE = 64  # rows: what is made of them fits into a core's cache


class RowEncoder:
    """Encodes the rows of one batch and numbers them from 1."""

    def __init__(self, dataset: Dataset) -> None:
        self._stamps = dataset.stamps
        self._fields = tuple(field for field in dataset.fields if field not in self._stamps)
        self.columns = (*LEADING, *(dataset.field_columns[field] for field in (*self._stamps, *self._fields)))
        self.unknown: set[str] = set()
        self.absent = set(dataset.fields)  # fields of the catalog that no row has had yet
        self.rows = 0
        self.rejected = 0
        self._dataset = dataset
        self._known = frozenset(dataset.fields)
        columns = [column for column in dataset.columns if column.source not in self._stamps]
        integers = {i for i, c in enumerate(columns) if c.type in ("smallint", "integer", "bigint")}
        self._integers = tuple(sorted(integers))
        self._decimals = tuple(i for i, c in enumerate(columns) if c.is_numeric and i not in integers)
        self._times = tuple(index for index, column in enumerate(columns) if column.is_time)
        self._all_of = itemgetter(*self._fields) if len(self._fields) > 1 else None

    @property
    def header(self) -> str:
        """The first line of every object; ``COPY … HEADER match`` holds it against the table."""
        return ",".join(self.columns) + "\n"

    def encode(self, page: Page) -> tuple[list[str], list[Reject]]:
        """The page's rows as lines, and those that cannot be one."""
        lines: list[str] = []
        rejects: list[Reject] = []
        for start in range(0, len(page.rows), AT_ONCE):
            good = list[tuple[str, list[Any]]]()
            for row in page.rows[start : start + AT_ONCE]:
                fault, extra, values = self._read(row, plain=page.plain)
                if fault:
                    self.rejected += 1
                    rejects.append(reject(self._dataset, -self.rejected, fault, row))
                else:
                    good.append((extra, values))
            for (extra, _), line in zip(good, csv_lines([values for _, values in good]), strict=True):
                self.rows += 1
                ended = line + "\n"
                digest = blake2b(ended.encode(), digest_size=16).hexdigest()
                lines.append(f"{self.rows},{digest},{extra}{ended}")
        return lines, rejects

    def _read(self, row: Row, *, plain: bool) -> tuple[Fault | None, str, list[Any]]:
        """The row's fault, or what goes before its values and the values."""
        if self.absent and isinstance(row, dict):
            self.absent -= row.keys()
        if not plain and (fault := find_fault(row, self._known)):
            return fault, "", []
        values, more = self._values(row)
        if fault := self._settle(values):
            return fault, "", []
        ahead = self._extra(row) if more else ","
        if self._stamps:
            ahead += csv_line([row[field] for field in self._stamps]) + ","
        return None, ahead, values

    def _values(self, row: Row) -> tuple[list[Any], bool]:
        """The values of the catalog's fields, and whether there may be others."""
        try:
            values = list(self._all_of(row)) if self._all_of else [row[field] for field in self._fields]
            more = len(row) > len(self._known)
        except KeyError:
            values, more = list(map(row.get, self._fields)), True
        if MISSING in values:
            values = [None if value == MISSING else value for value in values]
        return values, more

    def _settle(self, values: list[Any]) -> Fault | None:
        """Give each number one spelling, and find what PostgreSQL would take although it is no number or time.

        1 and 1.0 are the same value and must have the same hash; the text ``NaN`` would be stored, and ``now`` would
        become the time of the load.
        """
        for index in self._integers:
            value = values[index]
            if type(value) is float and value.is_integer():
                values[index] = int(value)
            elif type(value) is str and NOT_FINITE.match(value):
                return self._fields[index], "text that stands for no finite number"
        for index in self._decimals:
            value = values[index]
            if value is None or type(value) is float:
                continue
            if type(value) is int and abs(value) < EXACT:
                values[index] = float(value)
            elif type(value) is str and NOT_FINITE.match(value):
                return self._fields[index], "text that stands for no finite number"
        return self._find_no_time(values)

    def _find_no_time(self, values: list[Any]) -> Fault | None:
        for index in self._times:
            value = values[index]
            if value is None or value == "":
                continue
            if not (type(value) is str and (_is_usual(value) or ISO_TIME.fullmatch(value))):
                return self._fields[index], f"a JSON {type(value).__name__} that is no ISO time"
        return None

    def _extra(self, row: Row) -> str:
        if not (unknown := row.keys() - self._known):
            return ","
        self.unknown |= unknown
        fields = {field: row[field] for field in sorted(unknown)}
        try:
            body = orjson.dumps(fields).decode()
        except TypeError:  # a lone surrogate or a number beyond 64 bits, which JSON itself allows
            body = json.dumps(fields)
        return csv_line([body]) + ","


def _is_usual(time: str) -> bool:
    """Whether it has the form in which nearly all times come; PostgreSQL sees to the digits."""
    return len(time) == 19 and time[4] == time[7] == "-" and time[10] == "T" and time[13] == time[16] == ":"
