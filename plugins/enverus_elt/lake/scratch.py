"""Scratch schemas: one per attempt at a delivery, dropped whatever happens, and a janitor for what a crash leaves."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from enverus_elt.errors import EltError
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render

log = logging.getLogger(__name__)


@contextmanager
def scratch(conn: Warehouse, delivery_id: int, attempt: int) -> Iterator[str]:
    """The name of a new schema ``proc_<delivery>_<attempt>`` that is dropped with all that is in it at the end.

    A drop that fails, because the server is gone, neither hides the error that led there nor fails what went well:
    the janitor drops the schema later.
    """
    with translated(f"delivery {delivery_id}: scratch schema"):
        row = conn.execute(
            render("lake/create_scratch.sql"), {"delivery_id": delivery_id, "attempt": attempt}
        ).fetchone()
    if row is None:
        raise AssertionError("a function returns a row")
    schema = str(row["schema_name"])
    try:
        yield schema
    finally:
        try:
            conn.rollback()  # of what an error left open: the drop is to count by itself
            conn.execute(render("lake/drop_scratch.sql", schema=schema))
        except psycopg.Error as error:
            log.warning("%s stays until the janitor comes: %s", schema, type(error).__name__)


def drop_stale(conn: Warehouse) -> list[str]:
    """Drop the schemas of deliveries that are settled, and of attempts that are no longer the current one.

    Returns their names. One that is still locked by the end of a dying attempt is left for the next time.
    """
    dropped = []
    with translated("scratch schemas"):
        stale = [row["schema_name"] for row in conn.execute(render("lake/select_stale_scratch.sql")).fetchall()]
    for schema in stale:
        try:
            with translated(f"scratch schema {schema}"):
                conn.execute(render("lake/drop_scratch.sql", schema=schema))
        except EltError as error:
            log.warning("left for the next time: %s", error)
        else:
            dropped.append(schema)
    return dropped
