"""What each row of a batch is to core: for the merge that acts on it, and for the profile that shows it before."""

from typing import Any

from enverus_elt.catalog import Dataset, LoadMode
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, LoadKind
from enverus_elt.steps.stage import partition_name


def classify(conn: Warehouse, dataset: Dataset, batch: Batch) -> dict[str, Any]:
    """Fill the temporary table ``delta``, which lives as long as the caller's transaction; core is only read.

    Returns the rows of each action, ``watermark``, the newest cursor value up to the window's bound, and
    ``superseded``: whether core holds a batch that read the source later.
    """
    values: dict[str, Any] = {"batch_id": batch.batch_id, "bound": batch.window.high}
    values |= conn.execute(render("merge/is_superseded.sql"), values).fetchone() or {}
    conn.execute(render("merge/classify_rows.sql", **merge_names(dataset, batch)), values)
    if reads_everything(dataset, batch):
        conn.execute(render("merge/index_delta.sql"))
    conn.execute("ANALYZE delta")
    counts = conn.execute(render("merge/count_actions.sql"), values).fetchone() or {}
    return {**counts, "superseded": values["superseded"]}


def merge_names(dataset: Dataset, batch: Batch) -> dict[str, Any]:
    """What the templates of a merge are rendered with."""
    partition = partition_name(dataset, batch.batch_id)
    return {"dataset": dataset, "partition": partition, "absent": batch.absent_columns}


def reads_everything(dataset: Dataset, batch: Batch) -> bool:
    """Whether what the batch does not have is gone from the source.

    Not so for the first load of an incremental dataset: there is nothing yet that could be absent.
    """
    return dataset.load.mode is LoadMode.SNAPSHOT or (batch.kind is LoadKind.RESEED and batch.window.low is None)
