"""Opens what a step works on; imported when a task runs, never when a DAG is parsed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.hooks.warehouse import Warehouse, connect


class Resources(NamedTuple):
    """The three things every step takes."""

    conn: Warehouse
    store: ObjectStore
    dataset: Dataset


@contextmanager
def resources(step: str, dataset_id: str) -> Iterator[Resources]:
    """The step's resources; a driver's error leaves as one of the project's, naming step and dataset."""
    with translated(f"{step} of {dataset_id}"):
        dataset, store = load_dataset(dataset_id), object_store()
        with connect(application=f"{step} {dataset_id}") as conn:
            yield Resources(conn, store, dataset)


@contextmanager
def warehouse(step: str) -> Iterator[Warehouse]:
    """The warehouse alone."""
    with translated(step), connect(application=step) as conn:
        yield conn
