"""How long Data Docs are kept: those that somebody signed, and the newest of a dataset, for ever."""

import logging
from datetime import timedelta
from typing import Any

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import DATA_DOCS
from enverus_elt.sql import render

log = logging.getLogger(__name__)


def old_evidence(conn: Warehouse, keep: timedelta) -> list[dict[str, Any]]:
    """Batches older than ``keep`` whose documents may go."""
    return conn.execute(render("ops/select_old_evidence.sql"), {"keep": keep}).fetchall()


def prune_evidence(conn: Warehouse, store: ObjectStore, keep: timedelta) -> int:
    """Delete the documents of those batches, of all attempts; returns how many batches. Can be interrupted anywhere.

    What was found stays in the warehouse: counts, digests and dates.
    """
    batches = old_evidence(conn, keep)
    for batch in batches:
        for key in store.keys(f"{DATA_DOCS}/{batch['dataset']}/{batch['batch_id']}/"):
            store.delete(key)
        conn.execute(render("ops/forget_evidence.sql"), batch)
        log.info("%s: the documents of batch %s were deleted", batch["dataset"], batch["batch_id"])
    return len(batches)
