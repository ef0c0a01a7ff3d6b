"""Batches that have waited for a signature for so long that their reviewers should hear of them again."""

from datetime import UTC, datetime
from typing import NamedTuple

from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render


class Reminder(NamedTuple):
    """A question that is still open; its text is the notice."""

    request_id: int
    dataset: str
    batch_id: int
    reviewers: list[str]
    reason: str
    expires_at: datetime

    def __str__(self) -> str:
        who, until = " or ".join(self.reviewers), f"{self.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return (
            f"{self.dataset}: batch {self.batch_id} still waits for a signature of {who}, because {self.reason};"
            f" without one by {until} it is rejected"
        )


def due(conn: Warehouse) -> list[Reminder]:
    """Open questions whose reviewers were last told longer ago than their dataset allows."""
    return [Reminder(**row) for row in conn.execute(render("ops/select_due_reminders.sql")).fetchall()]


def mark_noticed(conn: Warehouse, reminder: Reminder) -> None:
    """Remember that the reviewers have been told."""
    conn.execute(render("ops/mark_noticed.sql"), {"request_id": reminder.request_id})
