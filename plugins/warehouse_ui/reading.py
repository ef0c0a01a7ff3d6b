"""What the pages show, read from the warehouse as its read-only role: the pages can change nothing there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import HTTPException

from enverus_elt.errors import EltError
from enverus_elt.hooks.connections import WAREHOUSE_READER
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse, connect
from enverus_elt.sql import render

LONGEST_QUERY = "SET statement_timeout = '15s'"  # a person waits


@contextmanager
def reader() -> Iterator["Reader"]:
    """The warehouse's tables; 503 with a sentence where it cannot be read."""
    try:
        with translated("the warehouse"), connect(WAREHOUSE_READER, application="warehouse pages") as conn:
            conn.execute(LONGEST_QUERY)
            yield Reader(conn)
    except EltError as error:
        raise HTTPException(503, f"the warehouse cannot be read now: {error}") from error


class Reader:
    """Rows of the statements in ``include/sql/pages``."""

    def __init__(self, conn: Warehouse) -> None:
        self._conn = conn

    def all(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Every row."""
        return self._conn.execute(render(f"pages/{statement}.sql"), values).fetchall()

    def one(self, statement: str, **values: Any) -> dict[str, Any] | None:
        """The first row, if there is one."""
        return self._conn.execute(render(f"pages/{statement}.sql"), values).fetchone()
