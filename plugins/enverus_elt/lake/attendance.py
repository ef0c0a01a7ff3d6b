"""Who works on which delivery: found from the ledger, so that an event that was lost or doubled does no harm.

Only one delivery of a dataset is announced at a time, the earliest that has not ended: versions are made in order, and
none that has to wait takes a place from one that could be worked on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.ledger import Delivery, find, note
from enverus_elt.sql import render

ANNOUNCED = "announced"
BROKE_OFF = "broke off"


@dataclass(frozen=True)
class Due:
    """A delivery that somebody should work on; ``announced_at`` is the last time that another run said so."""

    delivery: Delivery
    announced_at: datetime | None
    now: datetime


def due(conn: Warehouse, actor: str, dataset: str | None = None) -> list[Due]:
    """Deliveries whose turn it is, or whose manifest still has to be moved, in the order of their numbers.

    What ``actor`` itself announced does not count: when its task is repeated, nobody may have heard of it.
    """
    rows = conn.execute(render("landing/select_due.sql"), {"actor": actor, "dataset": dataset}).fetchall()
    return [Due(find(conn, row["delivery_id"]), row["announced_at"], row["now"]) for row in rows]


def announced(conn: Warehouse, deliveries: Iterable[Delivery], actor: str) -> None:
    """Record that it was said that somebody should work on them."""
    for delivery in deliveries:
        note(conn, delivery.delivery_id, actor, ANNOUNCED, partition=delivery.partition)


def claim(conn: Warehouse, delivery: Delivery, run_id: str) -> bool:
    """Make the run the one that works on the delivery, unless another one did so since it was read."""
    values = {"delivery_id": delivery.delivery_id, "run_id": run_id, "seen": delivery.airflow_run_id}
    return conn.execute(render("landing/claim_delivery.sql"), values).fetchone() is not None


def broke_off(conn: Warehouse, delivery_id: int, run_id: str, error: str, *, theirs: bool) -> None:
    """Record why an attempt ended early; ``theirs`` says that who handed the delivery in can mend it."""
    note(conn, delivery_id, run_id, BROKE_OFF, error=error, theirs=theirs)


def last_words(conn: Warehouse, delivery_id: int) -> tuple[str | None, bool]:
    """What the last attempt that ended early said, and whether who handed the delivery in can mend it."""
    values = {"delivery_id": delivery_id, "action": BROKE_OFF}
    row = conn.execute(render("landing/select_last_words.sql"), values).fetchone()
    return (None, False) if row is None else (row["error"], row["theirs"])
