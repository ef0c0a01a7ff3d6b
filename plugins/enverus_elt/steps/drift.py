"""Schema drift: fields that the source has and the catalog has not, or the other way round."""

import logging
from collections.abc import Collection

from enverus_elt.catalog import Dataset, Drift
from enverus_elt.errors import SourceError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.manifest import Manifest

log = logging.getLogger(__name__)

MEANING = {
    "unknown": "the source has a field that the catalog does not know: kept raw in staging;"
    " 'enverus drift patch' proposes a column",
    "absent": "no row has the field any more: core keeps what it knows of it",
    "type": "no value of the field has its type any more: the rows are in quarantine",
}


def check_drift(dataset: Dataset, unknown: Collection[str], absent: Collection[str], *, first: bool) -> None:
    """Raise SourceError for fields that the load cannot do without, and for any where the policy is to freeze.

    On the ``first`` load there is nothing that core could keep: a field that no row has is misspelt in the catalog.
    """
    if first and absent:
        raise SourceError(
            f"{dataset.id}: no row has the fields {', '.join(sorted(absent))}: not the source's names? See 'enverus"
            f" drift diff {dataset.id}', and change the catalog"
        )
    if required := sorted(dataset.required_fields.intersection(absent)):
        raise SourceError(f"{dataset.id}: no row has the fields {', '.join(required)}, which core cannot be without")
    if dataset.load.drift is not Drift.FREEZE or not (unknown or absent):
        return
    found = [f"{name} is new" for name in sorted(unknown)] + [f"no row has {name}" for name in sorted(absent)]
    raise SourceError(
        f"{dataset.id}: the source's fields are not the catalog's: {'; '.join(found)}."
        " Change the catalog, or its load.drift from 'freeze'"
    )


def report_drift(conn: Warehouse, dataset: Dataset, batch: Batch, manifest: Manifest) -> None:
    """Record fields of the batch that drifted; what was not known before is logged, once."""
    note_drift(conn, dataset, batch, "unknown", manifest.unknown_fields)
    note_drift(conn, dataset, batch, "absent", manifest.absent_fields)


def note_drift(conn: Warehouse, dataset: Dataset, batch: Batch, kind: str, fields: Collection[str]) -> None:
    """Record fields that drifted in the same way."""
    if dataset.load.drift is Drift.IGNORE:
        return
    for field in fields:
        values = {"dataset": dataset.id, "field": field, "kind": kind, "batch_id": batch.batch_id}
        row = conn.execute(render("ops/record_drift.sql"), values).fetchone()
        if row and row["is_new"]:
            log.warning("%s: %s: %s", dataset.id, field, MEANING[kind])
