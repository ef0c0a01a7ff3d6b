"""A batch: one load of one dataset, from its opening to its commit, and who may work on it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from enverus_elt.catalog import Dataset
from enverus_elt.errors import StaleWorkerError, TerminalError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import BatchKeys
from enverus_elt.sources.base import Window
from enverus_elt.sql import render

COMMITTED = ("merged", "archived")


class LoadKind(StrEnum):
    """What a batch was opened for."""

    REGULAR = "regular"  # what changed since the last one; the only kind that windows and watermark follow
    BACKFILL = "backfill"  # one window again
    RESEED = "reseed"  # everything again
    REPLAY = "replay"  # the objects of an earlier batch again


@dataclass(frozen=True)
class Batch:
    """One row of ``ops.load_batches`` as an attempt holds it; ``run_token`` proves that it still may write.

    ``read_at`` is the source's clock before the first row of the attempt, ``read_until`` that after the last one,
    ``absent_columns`` are those that the source left out, ``asked_for`` are entries of the quarantine whose rows
    were asked for by key, and ``accepted`` says that a person lets the batch pass whatever its volume.
    ``signoff_reason`` says why it needs a signature; ``evidence_sha256`` is what would be signed.
    """

    batch_id: int
    dataset: str
    kind: LoadKind
    run_token: UUID
    state: str
    window: Window
    read_at: datetime
    read_until: datetime
    manifest_key: str | None
    extracted: int | None
    staged: int | None
    quarantined: int | None
    failed_expectations: int | None
    docs_url: str | None
    suite_sha256: str | None
    evidence_prefix: str | None
    evidence_sha256: str | None
    signoff_reason: str | None
    absent_columns: tuple[str, ...]
    asked_for: tuple[int, ...]
    accepted: bool

    @property
    def committed(self) -> bool:
        """Whether its rows are in core."""
        return self.state in COMMITTED

    @property
    def keys(self) -> BatchKeys:
        """Where its objects are."""
        return BatchKeys(self.dataset, self.batch_id, self.window.high, self.run_token.hex[:8])


def take_batch(conn: Warehouse, dataset: Dataset, batch_id: int) -> Batch:
    """Take the batch over from whichever attempt held it before."""
    with conn.transaction():
        row = conn.execute(render("ops/take_batch.sql"), {"batch_id": batch_id, "dataset": dataset.id}).fetchone()
    if row is None:
        raise TerminalError(f"{dataset.id}: there is no batch {batch_id}")
    return batch_of(row)


def hold_batch(conn: Warehouse, batch: Batch) -> Batch:
    """Inside a transaction: prove that this attempt still owns the batch, and keep it so until the end."""
    values = {"batch_id": batch.batch_id, "run_token": batch.run_token}
    row = conn.execute(render("ops/hold_batch.sql"), values).fetchone()
    if row is None:
        raise StaleWorkerError(f"{batch.dataset}: another attempt has taken over batch {batch.batch_id}")
    return batch_of(row)


def advance_batch(conn: Warehouse, batch: Batch, state: str, **facts: Any) -> None:
    """Record that the batch has reached ``state``, with what is now known of it."""
    known = (
        "read_until",
        "absent_columns",
        "manifest_key",
        "lake_dataset",
        "lake_version",
        "extracted",
        "staged",
        "quarantined",
    )
    values = {name: facts.pop(name, None) for name in known}
    if facts:
        raise TypeError(f"a batch has no {', '.join(facts)}")
    conn.execute(render("ops/advance_batch.sql"), {"batch_id": batch.batch_id, "state": state, **values})


def batch_of(row: dict[str, Any]) -> Batch:
    """The batch that a row of ``ops.load_batches`` describes."""
    return Batch(
        batch_id=row["batch_id"],
        dataset=row["dataset"],
        kind=LoadKind(row["kind"]),
        run_token=row["run_token"],
        state=row["state"],
        window=Window(row["window_low"], row["window_high"]),
        read_at=row["read_at"],
        read_until=row["read_until"] or row["read_at"],
        manifest_key=row["manifest_key"],
        extracted=row["extracted"],
        staged=row["staged"],
        quarantined=row["quarantined"],
        failed_expectations=row["failed_expectations"],
        docs_url=row["docs_url"],
        suite_sha256=row["suite_sha256"],
        evidence_prefix=row["evidence_prefix"],
        evidence_sha256=row["evidence_sha256"],
        signoff_reason=row["signoff_reason"],
        absent_columns=tuple(row["absent_columns"]),
        asked_for=tuple(row["asked_for"]),
        accepted=row["accepted_at"] is not None,
    )
