"""Opens batches: what a load reads follows from its kind and from what core holds already."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from enverus_elt.catalog import Dataset, LoadMode
from enverus_elt.errors import TerminalError, TransientError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sources.base import NaturalKey, Window
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, LoadKind, batch_of, take_batch

CLOCKS_APART = timedelta(minutes=15)
MOST_ASKED_FOR = 1_000  # rows in quarantine that a batch asks for by key; more than that needs a fix, not patience


@dataclass(frozen=True)
class LoadRequest:
    """What is to be loaded. ``low`` and ``high``, in UTC, are a backfill's window and nothing else's."""

    kind: LoadKind = LoadKind.REGULAR
    low: datetime | None = None
    high: datetime | None = None

    def __post_init__(self) -> None:
        if (self.kind == LoadKind.BACKFILL) != (self.low is not None and self.high is not None):
            raise TerminalError("a backfill, and nothing else, needs a window: from when and to when")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise TerminalError(f"a window must begin before it ends: {self.low} is not before {self.high}")


def open_batch(
    conn: Warehouse, dataset: Dataset, run_id: str, now: datetime, request: LoadRequest | None = None
) -> Batch:
    """The batch of a run: the one an earlier attempt opened, with its window, or a new one.

    ``now`` is the source's clock: the age of what this attempt reads, and the bound of a new batch. Raises
    TransientError when it is far from the warehouse's clock, for a bound in the future would have every later
    batch look old.
    """
    request = request or LoadRequest()
    with conn.transaction():
        known = conn.execute(render("ops/select_watermark.sql"), {"dataset": dataset.id}).fetchone() or {}
        if abs(known["now"] - now) > CLOCKS_APART:
            raise TransientError(f"{dataset.id}: the source's clock says {now}, the warehouse's {known['now']}")
        window = _window(dataset, request, known["read_to"], now)
        values: dict[str, Any] = {
            "dataset": dataset.id,
            "run_id": run_id,
            "kind": request.kind,
            "window_low": window.low,
            "window_high": window.high,
            "read_at": now,
        }
        batch = _one_batch(conn, "ops/open_batch.sql", values)
        if batch.committed:
            return batch
        entries = _quarantined(conn, dataset) if batch.window.low and batch.kind is LoadKind.REGULAR else {}
        values = {"batch_id": batch.batch_id, "read_at": now, "asked_for": list(entries)}
        batch = _one_batch(conn, "ops/begin_reading.sql", values)
        return replace(batch, window=replace(batch.window, keys=tuple(entries.values())))


def go_on_with(conn: Warehouse, dataset: Dataset, batch_id: int) -> Batch:
    """A batch that was extracted and never merged, to go on with; raises TerminalError where there is none such."""
    batch = take_batch(conn, dataset, batch_id)
    if batch.committed:
        raise TerminalError(f"{dataset.id}: batch {batch_id} is in core already")
    if batch.state == "extracting":
        raise TerminalError(f"{dataset.id}: batch {batch_id} was never read to its end: there is nothing to go on with")
    return batch


def is_first(conn: Warehouse, dataset: Dataset) -> bool:
    """Whether core has nothing of the dataset yet."""
    known = conn.execute(render("ops/select_watermark.sql"), {"dataset": dataset.id}).fetchone() or {}
    return known.get("read_to") is None


def _window(dataset: Dataset, request: LoadRequest, read_to: datetime | None, now: datetime) -> Window:
    if request.low is not None and request.high is not None:
        if dataset.load.mode is LoadMode.SNAPSHOT:
            raise TerminalError(f"{dataset.id}: a snapshot has no window to backfill: each load reads everything")
        if request.high > now:
            raise TerminalError(f"{dataset.id}: the window ends in the future, at {request.high}")
        return Window(request.low, request.high)
    if request.kind == LoadKind.RESEED or dataset.load.mode is LoadMode.SNAPSHOT or read_to is None:
        return Window(None, now)
    return Window(min(read_to, now) - max(dataset.load.overlap, timedelta(seconds=1)), now)


def _one_batch(conn: Warehouse, template: str, values: dict[str, Any]) -> Batch:
    row = conn.execute(render(template), values).fetchone()
    if row is None:
        raise TerminalError(f"the warehouse returned no batch for {template}")
    return batch_of(row)


def _quarantined(conn: Warehouse, dataset: Dataset) -> dict[int, NaturalKey]:
    """Keys of rows that core lacks because they are in quarantine: they may have been corrected in place."""
    values: dict[str, Any] = {"dataset": dataset.id, "most": MOST_ASKED_FOR}
    rows = conn.execute(render("ops/select_held_keys.sql"), values).fetchall()
    return {row["quarantine_id"]: tuple(row["natural_key"]) for row in rows}
