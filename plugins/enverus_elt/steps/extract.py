"""Step 1, extract: the source's rows of one window → objects with a manifest. Memory is two pages as they came."""

import hashlib
import json
import logging
from datetime import datetime
from typing import NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.errors import TransientError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sources.base import Source
from enverus_elt.steps.batch import Batch, advance_batch, hold_batch
from enverus_elt.steps.csv_rows import RowEncoder
from enverus_elt.steps.drift import check_drift, report_drift
from enverus_elt.steps.export import BatchExport, write_lines
from enverus_elt.steps.manifest import Manifest
from enverus_elt.steps.opening import LoadRequest, is_first, open_batch
from enverus_elt.steps.rejects import Reject

log = logging.getLogger(__name__)


class Extracted(NamedTuple):
    """The batch and how many rows the source delivered."""

    batch_id: int
    rows: int


def extract(
    conn: Warehouse,
    store: ObjectStore,
    source: Source,
    dataset: Dataset,
    run_id: str,
    *,
    request: LoadRequest | None = None,
) -> Extracted:
    """Read what the request asks for, without one the window that the last load leaves open, and keep it as evidence.

    A retry of the same run reads the same window again, under keys of its own. A run whose rows are in core
    already reads nothing.

    Raises TransientError when the source's own count and the rows that came do not agree, SourceError when its
    fields are not those of the catalog and the dataset's drift policy does not let it pass.
    """
    batch = open_batch(conn, dataset, run_id, source.now(), request)
    if batch.committed:
        log.info("%s: batch %s is in core already, nothing to extract", dataset.id, batch.batch_id)
        return Extracted(batch.batch_id, batch.extracted or 0)
    manifest = _export(store, source, dataset, batch, run_id)
    check_drift(dataset, manifest.unknown_fields, manifest.absent_fields, first=is_first(conn, dataset))
    facts = {
        "read_until": max(source.now(), batch.read_at),
        "absent_columns": dataset.columns_of(manifest.absent_fields),
        "lake_dataset": source.origin.dataset if source.origin else None,
        "lake_version": source.origin.version if source.origin else None,
    }
    with conn.transaction():
        hold_batch(conn, batch)
        _discard_others(store, batch)
        manifest.write(store, batch.keys.manifest)
        report_drift(conn, dataset, batch, manifest)
        advance_batch(conn, batch, "extracted", manifest_key=batch.keys.manifest, extracted=manifest.rows, **facts)
    log.info("%s: batch %s extracted %s rows", dataset.id, batch.batch_id, f"{manifest.rows:,}")
    return Extracted(batch.batch_id, manifest.rows)


def schema_sha256(dataset: Dataset) -> str:
    """Digest of what the catalog makes of the source's fields: names, types, geometry."""
    facts = [(c.source, c.name, c.type) for c in dataset.columns]
    shapes = [(g.source, g.name, g.typmod, g.made_from and g.made_from.model_dump()) for g in dataset.geometry]
    return hashlib.sha256(json.dumps([facts, shapes]).encode()).hexdigest()


def _export(store: ObjectStore, source: Source, dataset: Dataset, batch: Batch, run_id: str) -> Manifest:
    encoder, rejects = RowEncoder(dataset), list[Reject]()
    before, said = source.count(batch.window), 0
    with BatchExport(store, batch.keys, encoder.header) as export:
        for page in source.pages(batch.window):
            first_row = encoder.rows + 1
            lines, rejected = encoder.encode(page)
            export.write(lines, first_row)
            rejects += rejected
            read = encoder.rows + encoder.rejected
            if read - said >= dataset.source.page_size or read >= before > said:
                log.info("%s: %s of %s rows", dataset.id, f"{read:,}", f"{before:,}")
                said = read
    after = source.count(batch.window)
    rows = encoder.rows + encoder.rejected
    _agree(dataset, before, rows, after)
    return Manifest(
        dataset=dataset.id,
        batch_id=batch.batch_id,
        airflow_run_id=run_id,
        window_low=_iso(batch.window.low),
        window_high=batch.window.high.isoformat(),
        columns=encoder.columns,
        fields=dataset.fields,
        schema_sha256=schema_sha256(dataset),
        api_count_before=before,
        api_count_after=after,
        rows=rows,
        rejected=encoder.rejected,
        unknown_fields=tuple(sorted(encoder.unknown)),
        absent_fields=tuple(field for field in dataset.fields if rows and field in encoder.absent),
        objects=tuple(export.objects),
        rejects=write_lines(store, batch.keys.rejects, (_json(reject) for reject in rejects)),
        origin=source.origin,
    )


def _discard_others(store: ObjectStore, batch: Batch) -> None:
    """Objects of attempts that this one has replaced; only its holder may, and no two attempts share a key."""
    for key in list(store.keys(batch.keys.all_attempts)):
        if not key.startswith(batch.keys.own):
            store.delete(key)


def _agree(dataset: Dataset, before: int, rows: int, after: int) -> None:
    """The source may change a little while it is read: rows may lie between its counts, a page's worth may not."""
    drifts = abs(after - before) > dataset.source.page_size // 2
    if drifts or not min(before, after) <= rows <= max(before, after):
        raise TransientError(
            f"{dataset.id}: the source counted {before:,} rows before and {after:,} after paging,"
            f" but delivered {rows:,}"
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _json(reject: Reject) -> bytes:
    return json.dumps(reject._asdict(), ensure_ascii=True).encode()
