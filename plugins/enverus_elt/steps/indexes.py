"""Keys and indexes of an empty table are built after its first rows: half the time of keeping them up row by row.

All of it happens in the merge's transaction: whoever is interrupted leaves the table as it was, nobody ever sees it
without its indexes, and a duplicate is refused as it would be with them.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render

log = logging.getLogger(__name__)

WORTH_IT = 10_000  # rows; with fewer the indexes are kept up, and no reader has to wait for the end of the merge


@contextmanager
def indexes_after_rows(conn: Warehouse, dataset: Dataset, rows: int) -> Iterator[None]:
    """Within a transaction that fills the dataset's table of core with up to ``rows`` rows."""
    deferred = _count(conn, "merge/defer_indexes.sql", dataset) if rows >= WORTH_IT else 0
    yield
    if deferred:
        built = _count(conn, "merge/build_indexes.sql", dataset)
        log.info("%s: %s indexes built after the first rows", dataset.id, built)


def _count(conn: Warehouse, template: str, dataset: Dataset) -> int:
    row = conn.execute(render(template, dataset=dataset)).fetchone()
    return int(row["count"]) if row else 0
