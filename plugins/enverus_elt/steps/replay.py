"""Loads a batch again from its objects: after a fix of the catalog, of an expectation, or of a table."""

from datetime import UTC, datetime

from enverus_elt.catalog import Dataset
from enverus_elt.errors import TerminalError
from enverus_elt.sql import render
from enverus_elt.steps.load import Loaded, Place, finish


def replay(place: Place, dataset: Dataset, batch_id: int) -> Loaded:
    """Stage, validate and merge the objects of ``batch_id`` as a new batch that is as old as that one.

    Nothing is asked of the source and the watermark stays. Rows that core has in a newer form stay as they are, so
    an old batch may be replayed at any time, beside the schedule.
    """
    run_id = f"replay_of_{batch_id}_{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    facts = {"batch_id": batch_id, "dataset": dataset.id, "run_id": run_id}
    row = place.conn.execute(render("ops/open_replay.sql"), facts).fetchone()
    if row is None:
        raise TerminalError(f"{dataset.id}: there is no committed batch {batch_id} to replay")
    return finish(place, dataset, int(row["batch_id"]))
