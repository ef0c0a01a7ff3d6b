"""The pipeline's own steps, as its tasks run them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts, marts_reading
from enverus_elt.sources.base import Page, Row, Window
from enverus_elt.steps.extract import extract
from enverus_elt.steps.merge import archive, merge
from enverus_elt.steps.refresh import refresh
from enverus_elt.steps.stage import stage
from enverus_elt.steps.validate import validate

DOCS = "http://localhost/warehouse/data-docs"
PAGE = 10_000


class FileSource:
    """A CSV file in the place of the API: objects come about as the extract writes them."""

    origin = None

    def __init__(self, dataset: Dataset, path: str, rows: int) -> None:
        self._dataset = dataset
        self._path = Path(path)
        self._rows = rows

    def now(self) -> datetime:
        """The machine's clock."""
        return datetime.now(UTC)

    def count(self, window: Window) -> int:
        """What the file is known to hold."""
        return self._rows

    def pages(self, window: Window) -> Iterator[Page]:
        """All of it."""
        with self._path.open(newline="") as file:
            reader = csv.reader(file)
            fields = {column: field for field, column in self._dataset.field_columns.items()}
            names = [fields[column] for column in next(reader)]
            while rows := [self._row(names, values) for values in islice(reader, PAGE)]:
                yield Page(rows, plain=True)

    def _row(self, names: list[str], values: list[str]) -> Row:
        return {name: value or None for name, value in zip(names, values, strict=True)}


def extract_file(dataset_id: str, path: str, rows: int, run_id: str) -> int:
    """Objects of a file; returns the batch."""
    dataset = load_dataset(dataset_id)
    with connect() as conn:
        return extract(conn, object_store(), FileSource(dataset, path, rows), dataset, run_id).batch_id


def load(dataset_id: str, batch_id: int) -> dict[str, float]:
    """Everything behind the extract; returns the seconds of each step."""
    took: dict[str, float] = {}
    dataset, store = load_dataset(dataset_id), object_store()
    with connect() as conn:
        with timed(took, "stage"):
            stage(conn, store, dataset, batch_id)
        with timed(took, "validate"):
            validate(conn, sqlalchemy_url(), store, dataset, batch_id, docs_base_url=DOCS)
        with timed(took, "merge"):
            merge(conn, dataset, batch_id)
        with timed(took, "refresh"):
            refresh(conn, marts_reading(dataset_id, load_marts()))
    return took


def stage_batch(dataset_id: str, batch_id: int) -> None:
    """The second step."""
    with connect() as conn:
        stage(conn, object_store(), load_dataset(dataset_id), batch_id)


def validate_batch(dataset_id: str, batch_id: int) -> None:
    """The third step."""
    with connect() as conn:
        validate(conn, sqlalchemy_url(), object_store(), load_dataset(dataset_id), batch_id, docs_base_url=DOCS)


def merge_batch(dataset_id: str, batch_id: int) -> dict[str, int]:
    """The fourth step, with the archive; returns what became of the rows."""
    dataset = load_dataset(dataset_id)
    with connect() as conn:
        outcome = merge(conn, dataset, batch_id)
        archive(conn, object_store(), dataset, batch_id)
    return outcome._asdict()


@contextmanager
def timed(took: dict[str, Any], name: str) -> Iterator[None]:
    """Keep the seconds of the block."""
    started = perf_counter()
    yield
    took[name] = perf_counter() - started
