"""Loads a batch again from its objects: after a fix of the catalog, of an expectation, or of a table."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy.engine import URL

from enverus_elt.catalog import Dataset
from enverus_elt.errors import TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.merge import Merged, archive, merge
from enverus_elt.steps.stage import Staged, stage
from enverus_elt.steps.validate import validate


class Replayed(NamedTuple):
    """The new batch and what became of its rows."""

    batch_id: int
    staged: Staged
    merged: Merged


def replay(
    conn: Warehouse, url: URL, store: ObjectStore, dataset: Dataset, batch_id: int, *, docs_base_url: str
) -> Replayed:
    """Stage, validate and merge the objects of ``batch_id`` as a new batch with the old one's window.

    Nothing is asked of the source and the watermark does not move back. Rows that core has in a newer form
    stay as they are, so an old batch may be replayed at any time, beside the schedule.
    """
    run_id = f"replay_of_{batch_id}_{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    facts = {"batch_id": batch_id, "dataset": dataset.id, "run_id": run_id}
    row = conn.execute(render("ops/open_replay.sql"), facts).fetchone()
    if row is None:
        raise TerminalError(f"{dataset.id}: there is no committed batch {batch_id} to replay")
    new = int(row["batch_id"])
    staged = stage(conn, store, dataset, new)
    validate(conn, url, store, dataset, new, docs_base_url=docs_base_url)
    merged = merge(conn, dataset, new)
    archive(conn, store, dataset, new)
    return Replayed(new, staged, merged)
