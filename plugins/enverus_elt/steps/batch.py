"""A batch: one load of one dataset, from its opening to its commit, and who may work on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from enverus_elt.catalog import Dataset, LoadMode
from enverus_elt.errors import StaleWorkerError, TerminalError, TransientError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import BatchKeys
from enverus_elt.sources.base import Window
from enverus_elt.sql import render

COMMITTED = ("merged", "archived")
CLOCKS_APART = timedelta(minutes=15)


@dataclass(frozen=True)
class Batch:
    """One row of ``ops.load_batches`` as an attempt holds it; ``run_token`` proves that it still may write."""

    batch_id: int
    dataset: str
    run_token: UUID
    state: str
    window: Window
    manifest_key: str | None
    extracted: int | None
    staged: int | None
    quarantined: int | None
    failed_expectations: int | None

    @property
    def committed(self) -> bool:
        """Whether its rows are in core."""
        return self.state in COMMITTED

    @property
    def keys(self) -> BatchKeys:
        """Where its objects are."""
        return BatchKeys(self.dataset, self.batch_id, self.window.high, self.run_token.hex[:8])


def open_batch(conn: Warehouse, dataset: Dataset, run_id: str, now: datetime) -> Batch:
    """The batch of an Airflow run: the one an earlier attempt opened, with its window, or a new one.

    ``now`` becomes the bound of a new batch. Raises TransientError when it is far from the warehouse's clock: a
    bound in the future would have every later batch look old.
    """
    with conn.transaction():
        row = conn.execute(render("ops/select_watermark.sql"), {"dataset": dataset.id}).fetchone() or {}
        if abs(row["now"] - now) > CLOCKS_APART:
            raise TransientError(f"{dataset.id}: the source's clock says {now}, the warehouse's {row['now']}")
        low = None
        if row["watermark"] is not None and dataset.load.mode is LoadMode.INCREMENTAL:
            low = min(row["watermark"], now) - max(dataset.load.overlap, timedelta(seconds=1))
        values = {"dataset": dataset.id, "run_id": run_id, "window_low": low, "window_high": now}
        return _batch(conn.execute(render("ops/open_batch.sql"), values).fetchone())


def take_batch(conn: Warehouse, dataset: Dataset, batch_id: int) -> Batch:
    """Take the batch over from whichever attempt held it before."""
    with conn.transaction():
        row = conn.execute(render("ops/take_batch.sql"), {"batch_id": batch_id, "dataset": dataset.id}).fetchone()
    if row is None:
        raise TerminalError(f"{dataset.id}: there is no batch {batch_id}")
    return _batch(row)


def hold_batch(conn: Warehouse, batch: Batch) -> Batch:
    """Inside a transaction: prove that this attempt still owns the batch, and keep it so until the end."""
    values = {"batch_id": batch.batch_id, "run_token": batch.run_token}
    row = conn.execute(render("ops/hold_batch.sql"), values).fetchone()
    if row is None:
        raise StaleWorkerError(f"{batch.dataset}: another attempt has taken over batch {batch.batch_id}")
    return _batch(row)


def advance_batch(conn: Warehouse, batch: Batch, state: str, **facts: Any) -> None:
    """Record that the batch has reached ``state``, with what is now known of it."""
    known = ("manifest_key", "extracted", "staged", "quarantined", "failed_expectations", "docs_url")
    values = {name: facts.pop(name, None) for name in known}
    if facts:
        raise TypeError(f"a batch has no {', '.join(facts)}")
    conn.execute(render("ops/advance_batch.sql"), {"batch_id": batch.batch_id, "state": state, **values})


def _batch(row: dict[str, Any] | None) -> Batch:
    if row is None:
        raise TerminalError("the warehouse returned no batch")
    return Batch(
        batch_id=row["batch_id"],
        dataset=row["dataset"],
        run_token=row["run_token"],
        state=row["state"],
        window=Window(row["window_low"], row["window_high"]),
        manifest_key=row["manifest_key"],
        extracted=row["extracted"],
        staged=row["staged"],
        quarantined=row["quarantined"],
        failed_expectations=row["failed_expectations"],
    )
