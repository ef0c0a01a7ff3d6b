"""Indexes that are built after the rows: an initial load into an empty table is a third faster without them.

Keys stay, for the merge stands on them. What was dropped is on record in ``ops.deferred_indexes`` until it is there
again, so whoever is interrupted goes on where he stopped.
"""

import logging

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render

log = logging.getLogger(__name__)


def defer(owner: Warehouse, dataset: Dataset) -> int:
    """Drop the indexes of a table that has no rows; returns how many. ``owner`` is the owner's connection."""
    with owner.transaction():
        owner.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})
        row = owner.execute(render("indexes/is_empty.sql", dataset=dataset)).fetchone()
        if not row or not row["is_empty"]:
            return 0
        dropped = owner.execute(render("indexes/defer_indexes.sql", dataset=dataset)).fetchall()
        for index in dropped:
            owner.execute(render("indexes/drop_index.sql", index=index["index_name"]))
    return len(dropped)


def build(owner: Warehouse, dataset: Dataset) -> int:
    """Build what was deferred, each index in a transaction of its own; returns how many there were."""
    values = {"core_table": dataset.table}
    deferred = owner.execute(render("indexes/select_deferred.sql"), values).fetchall()
    for number, index in enumerate(deferred, start=1):
        with owner.transaction():
            owner.execute(index["definition"])
            owner.execute(render("indexes/forget_deferred.sql"), {**values, "index_name": index["index_name"]})
        log.info("%s: index %s built, %s of %s", dataset.id, index["index_name"], number, len(deferred))
    if deferred:
        owner.execute(render("indexes/analyze_table.sql", dataset=dataset))
    return len(deferred)
