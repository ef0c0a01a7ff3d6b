"""A wire across one statement of a step: what is at its end happens once, just before or after that statement.

The statements, the connection and its server are real. ``COPY`` counts as one statement, which is cut at its start or
once its rows are through; BEGIN and COMMIT are not counted, so a wire behind the last statement acts before COMMIT.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse


class CrashError(Exception):
    """The attempt ends here, as if its process had died; nothing in the project raises or catches it."""


@dataclass
class Wire:
    """Counts what passes, and acts at the ``at``-th; ``touched`` says that it was reached."""

    at: int = 0
    act: Callable[[], None] = lambda: None
    after: bool = False
    seen: int = 0
    touched: bool = False

    def count(self) -> None:
        """Another one begins."""
        self.seen += 1

    def reach(self, *, after: bool) -> None:
        """Act, where this is the one and the side of it."""
        if self.seen == self.at and after == self.after and not self.touched:
            self.touched = True
            self.act()


@contextmanager
def strung(conn: Warehouse, wire: Wire) -> Iterator[None]:
    """Let the wire hang across the connection's statements."""

    class Tripping(psycopg.Cursor[DictRow]):
        def execute(self, *arguments: Any, **options: Any) -> "Tripping":
            wire.count()
            wire.reach(after=False)
            super().execute(*arguments, **options)
            wire.reach(after=True)
            return self

        @contextmanager
        def copy(self, *arguments: Any, **options: Any) -> Iterator[psycopg.Copy]:
            wire.count()
            wire.reach(after=False)
            with super().copy(*arguments, **options) as copy:
                yield copy
            wire.reach(after=True)

    usual, conn.cursor_factory = conn.cursor_factory, Tripping
    try:
        yield
    finally:
        conn.cursor_factory = usual


def backend_terminator(conn: Warehouse, killer: Warehouse) -> Callable[[], None]:
    """Ends the connection's backend from another one, and returns once it is gone."""
    pid = conn.info.backend_pid
    return lambda: _terminate(killer, pid)


def _terminate(killer: Warehouse, pid: int) -> None:
    row = killer.execute("SELECT pg_terminate_backend(%s, 10000) AS gone", (pid,)).fetchone()
    if row is None or not row["gone"]:
        raise RuntimeError(f"backend {pid} did not end")


def crash() -> None:
    """End the attempt by an exception."""
    raise CrashError


class TrippingStore(ObjectStore):
    """The bucket, with a wire across the requests that change or open an object."""

    def __init__(self, store: ObjectStore, wire: Wire) -> None:
        super().__init__(store._client, store.bucket)
        self._wire = wire

    def writer(self, key: str) -> Any:
        return self._passed(super().writer, key)

    def reader(self, key: str) -> Any:
        return self._passed(super().reader, key)

    def put(self, key: str, *arguments: Any, **options: Any) -> None:
        self._passed(super().put, key, *arguments, **options)

    def move(self, key: str, target: str) -> None:
        self._passed(super().move, key, target)

    def _passed(self, request: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self._wire.count()
        self._wire.reach(after=False)
        answer = request(*arguments, **options)
        self._wire.reach(after=True)
        return answer
