"""Locks on parts of the lake, for what is longer than a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render

ROOT = "catalog.json"  # a dataset's id has no dot


def hold_part(conn: Warehouse, part: str) -> None:
    """Inside a transaction: hold a dataset, or the root of the catalog, against others until its end."""
    conn.execute(render("lake/hold_part.sql"), {"part": part})


@contextmanager
def locked(conn: Warehouse, part: str) -> Iterator[None]:
    """Hold it across transactions; a lost connection gives it back by itself, and so does an hour without a word."""
    idle = conn.execute("SHOW idle_session_timeout").fetchone() or {}
    conn.execute(render("lake/lock_part.sql"), {"part": part})
    try:
        yield
    finally:
        try:
            conn.execute(render("lake/unlock_part.sql"), {"part": part, "idle": idle["idle_session_timeout"]})
        except psycopg.Error:
            # The connection is gone, and the lock with it; what broke it is being raised already.
            if not conn.closed:
                raise
