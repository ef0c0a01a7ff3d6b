"""Step 2, stage: a batch's objects → one typed partition of ``staging.<dataset>_raw``, by streaming COPY.

The plain typed COPY comes first. Only when the server refuses a value is the batch loaded as text to find the
rows at fault, which go to quarantine with their reason while the others are staged.
"""

import gzip
import json
import logging
from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from enverus_elt.catalog import Dataset
from enverus_elt.errors import ConservationError, EvidenceError, TerminalError
from enverus_elt.hooks.object_store import READ_BYTES, HashingReader, ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import processed_key
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, advance_batch, hold_batch, take_batch
from enverus_elt.steps.casting import castable_checks, staged_types
from enverus_elt.steps.manifest import ExportObject, Manifest, read_manifest

log = logging.getLogger(__name__)

UNTYPABLE = (psycopg.DataError, psycopg.errors.InternalError_)
TEXT_TABLE = "batch_text"


class Staged(NamedTuple):
    """Rows of the batch in staging and in quarantine; together all that were extracted."""

    staged: int
    quarantined: int


def partition_name(dataset: Dataset, batch_id: int) -> str:
    """The batch's partition; the number comes last so that a long dataset id is what gets cut."""
    suffix = f"_b{batch_id}"
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
    partition = partition_name(dataset, batch_id)
    with conn.transaction():
        hold_batch(conn, batch)
        _forget(conn, batch, partition)
        conn.execute(render("stage/create_partition.sql", dataset=dataset, partition=partition, batch_id=batch_id))
        _load(conn, store, dataset, batch, manifest, partition)
        _quarantine_unplaced(conn, dataset, batch, manifest, partition)
        _quarantine_rejects(conn, store, batch, manifest)
        conn.execute(render("stage/attach_partition.sql", dataset=dataset, partition=partition, batch_id=batch_id))
        outcome = _conserved(conn, batch, manifest, partition)
        advance_batch(conn, batch, "staged", **outcome._asdict())
    log.info("%s: batch %s staged %s rows, quarantined %s", dataset.id, batch_id, *outcome)
    return outcome


def _forget(conn: Warehouse, batch: Batch, partition: str) -> None:
    conn.execute(render("stage/drop_partition.sql", partition=partition))
    conn.execute(render("stage/delete_quarantine.sql"), {"batch_id": batch.batch_id})


def _load(
    conn: Warehouse, store: ObjectStore, dataset: Dataset, batch: Batch, manifest: Manifest, partition: str
) -> None:
    typed = render("stage/copy_rows.sql", table=partition, columns=manifest.columns)
    try:
        with conn.transaction():
            _copy(conn, store, typed, manifest)
    except UNTYPABLE as error:
        log.warning("%s: batch %s has values that cannot be typed (%s)", dataset.id, batch.batch_id, error.diag.message_primary)
        _load_guarded(conn, store, dataset, batch, manifest, partition)


def _load_guarded(
    conn: Warehouse, store: ObjectStore, dataset: Dataset, batch: Batch, manifest: Manifest, partition: str
) -> None:
    types = staged_types(dataset)
    table = {"table": TEXT_TABLE, "columns": manifest.columns}
    conn.execute(render("stage/create_text_table.sql", **table))
    _copy(conn, store, render("stage/copy_text.sql", **table), manifest)
    conn.execute(render("stage/find_uncastable.sql", table=TEXT_TABLE, checks=castable_checks(dataset)))
    values = {**_evidence(batch, manifest), "types": json.dumps(types)}
    conn.execute(render("stage/quarantine_uncastable.sql", table=TEXT_TABLE), values)
    typed = [(name, types[name]) for name in manifest.columns]
    conn.execute(
        render("stage/insert_castable.sql", partition=partition, table=TEXT_TABLE, columns=manifest.columns, types=typed)
    )


def _copy(conn: Warehouse, store: ObjectStore, statement: str, manifest: Manifest) -> None:
    for item in manifest.objects:
        reader = _open(store, item)
        with conn.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for chunk in _unzipped(reader, item):
                    copy.write(chunk)
            rows = cursor.rowcount
        if (digest := reader.finish()) != item.sha256:
            raise EvidenceError(f"{item.key} is not the object that its manifest describes (sha256 {digest[:12]}…)")
        if rows != item.rows:
            raise EvidenceError(f"{item.key} holds {rows:,} rows, its manifest says {item.rows:,}")


def _open(store: ObjectStore, item: ExportObject) -> HashingReader:
    for key in (item.key, processed_key(item.key)):
        if store.size(key) is not None:
            return store.reader(key)
    raise EvidenceError(f"{item.key} is gone: neither exports nor processed has it")


def _unzipped(reader: HashingReader, item: ExportObject) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=reader, mode="rb") as stream:
            while chunk := stream.read(READ_BYTES):
                yield chunk
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise EvidenceError(f"{item.key} is not complete: {error}") from error


def _quarantine_unplaced(conn: Warehouse, dataset: Dataset, batch: Batch, manifest: Manifest, partition: str) -> None:
    """Rows that are typed but have no key, no required value or no place."""
    statement = render("stage/quarantine_unplaced.sql", dataset=dataset, partition=partition)
    conn.execute(statement, _evidence(batch, manifest))


def _quarantine_rejects(conn: Warehouse, store: ObjectStore, batch: Batch, manifest: Manifest) -> None:
    """Rows that no CSV could carry; kept as JSON text, for jsonb refuses some of them too."""
    if manifest.rejects is None:
        return
    with gzip.GzipFile(fileobj=_open(store, manifest.rejects), mode="rb") as lines, conn.cursor() as cursor:
        for line_no, line in enumerate(lines, start=1):
            reject = json.loads(line)
            reject |= {"raw": json.dumps(reject["raw"]), "object_key": manifest.rejects.key, "line_no": line_no}
            values = {**reject, "batch_id": batch.batch_id, "dataset": batch.dataset}
            cursor.execute(render("stage/quarantine_reject.sql"), values)


def _conserved(conn: Warehouse, batch: Batch, manifest: Manifest, partition: str) -> Staged:
    staged = _number(conn, render("stage/count_rows.sql", partition=partition))
    quarantined = _number(conn, render("stage/count_quarantine.sql"), {"batch_id": batch.batch_id})
    if staged + quarantined != manifest.rows:
        raise ConservationError(
            f"{batch.dataset}: of {manifest.rows:,} extracted rows {staged:,} are staged and {quarantined:,} quarantined"
        )
    return Staged(staged, quarantined)


def _number(conn: Warehouse, statement: str, values: dict[str, int] | None = None) -> int:
    row = conn.execute(statement, values).fetchone()
    return int(row["count"]) if row else 0


def _evidence(batch: Batch, manifest: Manifest) -> dict[str, str | int]:
    """Where a row number is to be found: by object and line."""
    objects = [
        {"object_key": item.key, "first_row": item.first_row, "last_row": item.first_row + item.rows - 1}
        for item in manifest.objects
    ]
    return {"batch_id": batch.batch_id, "dataset": batch.dataset, "objects": json.dumps(objects)}
