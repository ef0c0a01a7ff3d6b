"""Writes a batch's lines as gzipped CSV objects of bounded size, streamed and digested on the way."""

import gzip
import hashlib
import io
from collections.abc import Iterable
from concurrent.futures import Future, wait
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Any, Self

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.paths import BatchKeys
from enverus_elt.sources.background import begin
from enverus_elt.steps.manifest import ExportObject

ROWS_PER_OBJECT = 250_000
FAST = 1  # gzip's level: the object is read back within minutes, and higher levels cost more than they save


class _Counting(io.RawIOBase):
    """What goes to the store, with its size and digest."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.size = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._raw.write(data)
        self.size += len(data)
        self.sha256.update(data)
        return len(data)


class ObjectWriter:
    """One gzipped object; leaving the ``with`` block with an error leaves no object behind."""

    def __init__(self, store: ObjectStore, key: str, first_row: int) -> None:
        self._store = store
        self._key = key
        self._first_row = first_row
        self._stack = ExitStack()
        self.rows = 0

    def __enter__(self) -> Self:
        raw = self._stack.enter_context(self._store.writer(self._key))
        self._counting = _Counting(raw)
        # No name and no time in the header: the same rows give the same bytes.
        self._zip = gzip.GzipFile(fileobj=self._counting, mode="wb", compresslevel=FAST, mtime=0, filename="")
        self._stack.push(self._finish)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)

    def write(self, text: str, rows: int) -> None:
        """Append text that holds ``rows`` rows."""
        self._zip.write(text.encode())
        self.rows += rows

    def described(self) -> ExportObject:
        """What the manifest says of the object; only once its block has ended."""
        counting = self._counting
        return ExportObject(
            key=self._key,
            rows=self.rows,
            first_row=self._first_row,
            bytes=counting.size,
            sha256=counting.sha256.hexdigest(),
        )

    def _finish(self, kind: Any, *_: Any) -> None:
        if kind is None:
            self._zip.close()


class BatchExport:
    """The parts of a batch, cut at row limits; use as a context manager.

    Lines are compressed and sent in a thread while the caller makes the next ones.
    """

    def __init__(
        self, store: ObjectStore, keys: BatchKeys, header: str, rows_per_object: int = ROWS_PER_OBJECT
    ) -> None:
        self._store = store
        self._keys = keys
        self._header = header
        self._limit = rows_per_object
        self._rows = 0
        self._open: ObjectWriter | None = None
        self._writing: Future[None] | None = None
        self.objects: list[ExportObject] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._finish()
            except BaseException as failure:
                self._give_up(type(failure), failure, failure.__traceback__)
                raise
        else:
            self._give_up(kind, error, trace)

    def write(self, lines: list[str], first_row: int) -> None:
        """Append a page's lines; ``first_row`` is the number of the page's first row."""
        if not lines:
            return
        if self._open is None:
            key = self._keys.part(len(self.objects) + 1)
            self._open = ObjectWriter(self._store, key, first_row).__enter__()
            self._open.write(self._header, 0)
        self._written()
        self._writing = begin(self._open.write, "".join(lines), len(lines))
        self._rows += len(lines)
        if self._rows >= self._limit:
            self._finish()

    def _written(self) -> None:
        """Wait for the lines that are on their way, and raise what has gone wrong with them."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _finish(self) -> None:
        self._written()
        part, self._open, self._rows = self._open, None, 0
        if part is not None:
            part.__exit__(None, None, None)
            self.objects.append(part.described())

    def _give_up(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        part, self._open = self._open, None
        if self._writing is not None:
            wait([self._writing])  # nothing writes to the object any more
        if part is not None:
            part.__exit__(kind, error, trace)


def write_lines(store: ObjectStore, key: str, lines: Iterable[bytes]) -> ExportObject | None:
    """One object of JSON lines, or none where there are no lines."""
    body = list(lines)
    if not body:
        return None
    with ObjectWriter(store, key, first_row=1) as writer:
        for line in body:
            writer.write(line.decode("utf-8", "surrogatepass") + "\n", 1)
    return writer.described()
