"""Step 2, stage: a batch's objects → one typed partition of ``staging.<dataset>_raw``, by streaming COPY.

The plain typed COPY comes first. Only when the server refuses a value is the batch loaded as text to find the
rows at fault, which go to quarantine with their reason while the others are staged.
"""

import logging
from typing import NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.errors import ConservationError, TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, advance_batch, hold_batch, take_batch
from enverus_elt.steps.loading import PartitionLoader
from enverus_elt.steps.manifest import Manifest, read_manifest

log = logging.getLogger(__name__)


class Staged(NamedTuple):
    """Rows of the batch in staging and in quarantine; together all that were extracted."""

    staged: int
    quarantined: int


def partition_name(dataset: Dataset, batch_id: int, attempt: str = "") -> str:
    """The batch's partition, or the table that an attempt builds it as; a long dataset id is what gets cut."""
    suffix = f"_b{batch_id}{attempt and '_'}{attempt}"
    return dataset.staging_table[: 63 - len(suffix)] + suffix


def stage(conn: Warehouse, store: ObjectStore, dataset: Dataset, batch_id: int) -> Staged:
    """Load the batch anew: what an earlier attempt staged or quarantined of it is replaced.

    Raises EvidenceError when an object is not what its manifest says, ConservationError when rows are
    missing; in both cases staging is as it was before.
    """
    batch = take_batch(conn, dataset, batch_id)
    if batch.committed:
        return Staged(batch.staged or 0, batch.quarantined or 0)
    if batch.manifest_key is None:
        raise TerminalError(f"{dataset.id}: batch {batch_id} has no manifest: run its extract step first")
    manifest = read_manifest(store, batch.manifest_key)
    table = partition_name(dataset, batch_id, batch.run_token.hex[:8])
    names = {"dataset": dataset, "batch_id": batch_id, "partition": partition_name(dataset, batch_id), "table": table}
    loader = PartitionLoader(conn, store, dataset, batch, manifest, table)
    with conn.transaction():
        hold_batch(conn, batch)
        conn.execute(render("stage/delete_quarantine.sql"), {"batch_id": batch_id})
        conn.execute(render("stage/create_table.sql", **names))
        loader.load()
        loader.quarantine_unplaced()
        loader.quarantine_rejects()
        conn.execute(render("stage/analyze_table.sql", **names))
        outcome = _conserved(conn, batch, manifest, table)
        conn.execute(render("stage/attach_partition.sql", **names))
        advance_batch(conn, batch, "staged", **outcome._asdict())
    log.info("%s: batch %s staged %s rows, quarantined %s", dataset.id, batch_id, *outcome)
    return outcome


def _conserved(conn: Warehouse, batch: Batch, manifest: Manifest, table: str) -> Staged:
    staged = _number(conn, render("stage/count_rows.sql", table=table))
    quarantined = _number(conn, render("stage/count_quarantine.sql"), {"batch_id": batch.batch_id})
    if staged + quarantined != manifest.rows:
        raise ConservationError(
            f"{batch.dataset}: of {manifest.rows:,} extracted rows {staged:,} are staged, {quarantined:,} quarantined"
        )
    return Staged(staged, quarantined)


def _number(conn: Warehouse, statement: str, values: dict[str, int] | None = None) -> int:
    row = conn.execute(statement, values).fetchone()
    return int(row["count"]) if row else 0
