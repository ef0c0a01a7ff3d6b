"""Step 4, merge: a validated batch → core, in one transaction with its watermark and its run-log row.

Rows that changed nothing are recognised by their hash before anything is written, so that the cost, the WAL and
the locks follow what changed and not what arrived.
"""

import logging
from typing import Any, NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.errors import ConservationError, TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import processed_key
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, LoadKind, advance_batch, hold_batch, take_batch
from enverus_elt.steps.classification import classify, merge_names, reads_everything
from enverus_elt.steps.indexes import indexes_after_rows
from enverus_elt.steps.manifest import read_manifest
from enverus_elt.steps.partitions import make_partitions
from enverus_elt.steps.signoff import require_signature
from enverus_elt.steps.volume import hold_for_a_person

log = logging.getLogger(__name__)

MERGEABLE = ("validated", "merged", "archived")
MOVING_THE_WATERMARK = (LoadKind.REGULAR, LoadKind.RESEED)


class Merged(NamedTuple):
    """What became of the staged rows; ``absent`` counts rows of core that a snapshot no longer has."""

    inserted: int
    updated: int
    unchanged: int
    stale: int
    duplicate: int
    deleted: int
    absent: int

    @property
    def changed(self) -> int:
        """Rows of core that are not what they were."""
        return self.inserted + self.updated + self.deleted + self.absent


def merge(conn: Warehouse, dataset: Dataset, batch_id: int) -> Merged:
    """Commit the batch; a batch that is in core already is left alone and its counts are returned.

    Raises StaleWorkerError when another attempt took over, ConservationError when a staged row has no fate,
    SignOffError when a signature is missing, VolumeError when a person has to look first; core is then as it was.
    """
    batch = take_batch(conn, dataset, batch_id)
    make_partitions(conn, dataset, batch)
    with conn.transaction():
        conn.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})
        batch = hold_batch(conn, batch)
        if batch.committed:
            return _logged(conn, batch)
        if batch.state not in MERGEABLE:
            raise TerminalError(
                f"{dataset.id}: batch {batch_id} is {batch.state}, not validated: it must not be merged"
            )
        require_signature(conn, batch)
        outcome, watermark = _apply(conn, dataset, batch)
        _record(conn, dataset, batch, outcome, watermark)
    log.info("%s: batch %s merged: %s", dataset.id, batch_id, outcome._asdict())
    return outcome


def archive(conn: Warehouse, store: ObjectStore, dataset: Dataset, batch_id: int) -> None:
    """Move a committed batch's objects from ``exports/`` to ``processed/``; may be interrupted and run again."""
    batch = take_batch(conn, dataset, batch_id)
    if batch.state != "merged" or batch.manifest_key is None:
        return
    target = processed_key(batch.manifest_key)
    source = batch.manifest_key if store.size(batch.manifest_key) is not None else target
    manifest = read_manifest(store, source)
    for item in filter(None, (*manifest.objects, manifest.rejects)):
        store.move(item.key, processed_key(item.key))
    # The manifest follows its objects, so that it never names what is not there.
    store.move(batch.manifest_key, target)
    with conn.transaction():
        hold_batch(conn, batch)
        advance_batch(conn, batch, "archived", manifest_key=target)


def _apply(conn: Warehouse, dataset: Dataset, batch: Batch) -> tuple[Merged, Any]:
    counts = classify(conn, dataset, batch)
    watermark, superseded = counts.pop("watermark", None), counts.pop("superseded")
    names, values = merge_names(dataset, batch), {"batch_id": batch.batch_id}
    if dataset.versioned:
        conn.execute(render("merge/close_versions.sql", **names))
        conn.execute(render("merge/insert_versions.sql", **names), values)
    else:
        conn.execute(render("merge/update_rows.sql", **names), values)
    with indexes_after_rows(conn, dataset, counts["inserted"]):
        mostly_new = 2 * counts["inserted"] > (batch.staged or 0)
        conn.execute(render("merge/insert_rows.sql", **names, mostly_new=mostly_new), values)
    absent = 0 if superseded else _delete_absent(conn, dataset, batch)
    outcome = Merged(**counts, absent=absent)
    if sum(outcome) - absent != batch.staged:
        raise ConservationError(
            f"{dataset.id}: {batch.staged:,} rows are staged, but {sum(outcome) - absent:,} have a fate"
        )
    return outcome, watermark


def _delete_absent(conn: Warehouse, dataset: Dataset, batch: Batch) -> int:
    """Delete what a batch that read the whole source does not have.

    A row in quarantine is not absent, so none is deleted beside one.
    """
    if not reads_everything(dataset, batch):
        return 0
    if batch.quarantined:
        log.warning("%s: rows are in quarantine, so batch %s deletes nothing", dataset.id, batch.batch_id)
        return 0
    names, values = merge_names(dataset, batch), {"batch_id": batch.batch_id, "read_at": batch.read_at}
    statement = "merge/delete_absent_versions.sql" if dataset.versioned else "merge/delete_absent.sql"
    live = (conn.execute(render("merge/count_live.sql", **names)).fetchone() or {"count": 0})["count"]
    absent = conn.execute(render(statement, **names), values).rowcount
    if absent > dataset.load.most_absent * live:
        hold_for_a_person(
            batch,
            f"{absent:,} of {live:,} live rows are gone from the source, more than {dataset.load.most_absent:.0%}",
        )
    return absent


def _record(conn: Warehouse, dataset: Dataset, batch: Batch, outcome: Merged, watermark: Any) -> None:
    facts = {"batch_id": batch.batch_id, "dataset": dataset.id, "watermark": watermark}
    conn.execute(render("ops/insert_run_log.sql"), {**outcome._asdict(), **facts})
    conn.execute(render("ops/hold_quarantine.sql"), facts)
    conn.execute(render("ops/release_quarantine.sql"), facts)
    if watermark is not None and batch.kind in MOVING_THE_WATERMARK:
        conn.execute(render("ops/raise_watermark.sql"), facts)
    advance_batch(conn, batch, "merged")


def _logged(conn: Warehouse, batch: Batch) -> Merged:
    row = conn.execute(render("ops/select_run_log.sql"), {"batch_id": batch.batch_id}).fetchone()
    if row is None:
        raise TerminalError(f"{batch.dataset}: batch {batch.batch_id} is {batch.state} without a run-log row")
    return Merged(**{name: row[name] for name in Merged._fields})
