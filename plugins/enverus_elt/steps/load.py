"""All steps of one batch in one process: what Airflow does task by task, for loads that a person starts.

A load that was interrupted goes on at the step that it had not finished when it is started again under its run id.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from sqlalchemy.engine import URL

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.marts import Mart, marts_reading
from enverus_elt.sources.base import Source
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, batch_of, take_batch
from enverus_elt.steps.extract import extract
from enverus_elt.steps.merge import Merged, archive, merge
from enverus_elt.steps.opening import LoadRequest
from enverus_elt.steps.refresh import refresh
from enverus_elt.steps.stage import Staged, stage
from enverus_elt.steps.validate import validate


class Place(NamedTuple):
    """What the steps of a load work on.

    ``docs`` is the address below which Data Docs are published, ``open_source`` opens where a dataset's rows come from.
    """

    conn: Warehouse
    url: URL
    store: ObjectStore
    docs: str
    marts: tuple[Mart, ...]
    open_source: Callable[[Warehouse, Dataset], AbstractContextManager[Source]]


class Loaded(NamedTuple):
    """A batch and what became of its rows; ``before`` says that this was known already."""

    batch_id: int
    staged: Staged
    merged: Merged
    before: bool


def load_from_source(place: Place, dataset: Dataset, run_id: str, request: LoadRequest) -> Loaded:
    """Take the batch of ``run_id`` from wherever it stands through every step into core and the marts."""
    batch = find_batch(place.conn, dataset, run_id)
    if batch is None or batch.state == "extracting":
        with place.open_source(place.conn, dataset) as source:
            batch_id = extract(place.conn, place.store, source, dataset, run_id, request=request).batch_id
    else:
        batch_id = batch.batch_id
    return finish(place, dataset, batch_id)


def finish(place: Place, dataset: Dataset, batch_id: int) -> Loaded:
    """The steps after the extract, each skipped where it was done before; then the marts that read the dataset."""
    batch = take_batch(place.conn, dataset, batch_id)
    if batch.state == "extracted":
        stage(place.conn, place.store, dataset, batch_id)
    if not batch.committed and batch.state != "validated":
        validate(place.conn, place.url, place.store, dataset, batch_id, docs_base_url=place.docs)
    merged = merge(place.conn, dataset, batch_id)
    archive(place.conn, place.store, dataset, batch_id)
    refresh(place.conn, marts_reading(dataset.id, place.marts))
    now = take_batch(place.conn, dataset, batch_id)
    return Loaded(batch_id, Staged(now.staged or 0, now.quarantined or 0), merged, before=batch.committed)


def find_batch(conn: Warehouse, dataset: Dataset, run_id: str) -> Batch | None:
    """The batch that a run has opened."""
    row = conn.execute(render("ops/select_batch.sql"), {"dataset": dataset.id, "run_id": run_id}).fetchone()
    return batch_of(row) if row else None
