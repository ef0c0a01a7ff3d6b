"""The volume guard: a batch that is far too large, too small or too bad waits for a person.

What a dataset brings follows the week, so a batch is held against earlier ones of the same weekday and of the same
kind of read; by the length of their windows, for after an outage a window is longer.
"""

from statistics import median
from typing import Any, NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.errors import VolumeError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, LoadKind

LIKE_DAYS = 8
FEWEST_DAYS = 3  # with less history there is no saying what is usual


class Expected(NamedTuple):
    """Rows that a batch of this kind and window should bring, and the least that one ever did."""

    rows: float
    least: int


def hold_for_a_person(batch: Batch, why: str) -> None:
    """Raise VolumeError, which names the command that lets the batch pass, unless a person has let it pass."""
    if not batch.accepted:
        raise VolumeError(
            f"{batch.dataset}: {why}: nothing was merged. If it is right, 'enverus accept {batch.dataset}"
            f" {batch.batch_id} --reason …' and clear this task"
        )


def check_volume(conn: Warehouse, dataset: Dataset, batch: Batch) -> None:
    """Raise VolumeError when too much of the batch is in quarantine, or when it is not like earlier ones."""
    _check_quarantine(dataset, batch)
    if batch.kind is LoadKind.REGULAR and (expected := _expected(conn, dataset, batch)):
        _check_rows(dataset, batch, expected)


def _check_quarantine(dataset: Dataset, batch: Batch) -> None:
    """A batch of which much is in quarantine would leave core short of it; what was there before is known."""
    known, share = len(batch.asked_for), dataset.load.most_quarantined
    bad, rows = (batch.quarantined or 0) - known, (batch.extracted or 0) - known
    if bad > share * max(rows, 0) and bad > 0:
        hold_for_a_person(
            batch,
            f"{bad:,} of {rows:,} rows are in quarantine, more than {share:.0%}"
            f" (see 'enverus quarantine list --batch-id {batch.batch_id}')",
        )


def _check_rows(dataset: Dataset, batch: Batch, expected: Expected) -> None:
    rows, volume = batch.extracted or 0, dataset.load.volume
    if rows == 0 and expected.least > 0:
        hold_for_a_person(batch, f"no rows at all, where like days bring about {expected.rows:,.0f}")
    if abs(rows - expected.rows) <= volume.floor:
        return
    if not expected.rows / volume.factor <= rows <= expected.rows * volume.factor:
        hold_for_a_person(
            batch,
            f"{rows:,} rows, where like days bring about {expected.rows:,.0f}: more than a factor of"
            f" {volume.factor:g} apart",
        )


def _expected(conn: Warehouse, dataset: Dataset, batch: Batch) -> Expected | None:
    timezone = dataset.schedule.timezone if dataset.schedule else "UTC"
    values: dict[str, Any] = {"batch_id": batch.batch_id, "timezone": timezone}
    history = conn.execute(render("ops/select_volumes.sql"), values).fetchall()
    same_weekday = [day for day in history if day["same_weekday"]]
    like = (same_weekday if len(same_weekday) >= FEWEST_DAYS else history)[:LIKE_DAYS]
    if len(like) < FEWEST_DAYS:
        return None
    rows = median(day["extracted"] * day["window_ratio"] for day in like)
    return Expected(rows, min(day["extracted"] for day in like))
