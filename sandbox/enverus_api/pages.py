"""A page of rows as JSON, made in pieces: a page of 57,000 wells is half a gigabyte of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from sandbox.enverus_api.schema import Key
from sandbox.enverus_api.tables import Row, Table

ROWS_PER_CHUNK = 250


@dataclass(frozen=True)
class Page:
    """Rows to send, the fields of each (all where None), the URL of the next page where there is one, and raw rows."""

    table: Table
    keys: Sequence[Key]
    fields: tuple[str, ...] | None
    next_url: str | None
    raw: Sequence[bytes] = ()

    def array(self) -> Iterator[bytes]:
        """The rows as one JSON array."""
        rows = self._rows()
        opening = b"["
        while chunk := list(islice(rows, ROWS_PER_CHUNK)):
            yield opening + orjson.dumps(chunk)[1:-1]
            opening = b","
        for row in self.raw:
            yield opening + row
            opening = b","
        yield b"]" if opening == b"," else b"[]"

    def envelope(self) -> Iterator[bytes]:
        """`{"data": […], "links": {"next": …}}`, for clients that want no Link header."""
        link = None if self.next_url is None else f"<{self.next_url}>; rel='next'"
        yield b'{"data":'
        yield from self.array()
        yield b',"links":' + orjson.dumps({"next": link}) + b"}"

    def _rows(self) -> Iterator[Row]:
        rows = (row for key in self.keys if (row := self.table.row(key)) is not None)
        if self.fields is None:
            return rows
        wanted = self.fields
        return ({name: row[name] for name in wanted} for row in rows)
