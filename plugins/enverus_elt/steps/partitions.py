"""Partitions of core by month: made when the first rows of a month arrive."""

import logging

from enverus_elt.catalog import Dataset, PartitionBy
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.classification import merge_names

log = logging.getLogger(__name__)


def make_partitions(conn: Warehouse, dataset: Dataset, batch: Batch) -> None:
    """Make what the batch's rows need, in a transaction of its own: the merge's must not hold locks on core's shape.

    An empty partition that a stale worker leaves behind changes nothing.
    """
    if batch.committed or dataset.partition is None or dataset.partition.by is not PartitionBy.MONTH:
        return
    with conn.transaction():
        conn.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})
        names = {**merge_names(dataset, batch), "column": dataset.partition.column}
        row = conn.execute(render("merge/make_partitions.sql", **names)).fetchone()
    if row and row["made"]:
        log.info("%s: core has %s more monthly partitions", dataset.id, row["made"])
