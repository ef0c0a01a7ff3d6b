"""A few pages of a dataset as the source serves it now, measured column by column."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import shapely

from enverus_elt.catalog import Column, Dataset, Geometry
from enverus_elt.onboarding.qa.values import Refusal, refusal_of, text_of
from enverus_elt.sources.base import Page, Row, Source, Window
from enverus_elt.steps.csv_rows import RowEncoder
from enverus_elt.steps.rejects import Reject

PAGE_SIZE = 1_000


@dataclass
class Measured:
    """What the sample holds of one column; ``refused`` counts values by the reason why the column cannot hold them."""

    filled: int = 0
    longest: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)

    def refuse(self, reason: str, text: str) -> None:
        """Count a value; the first one of each reason is kept as the example."""
        self.refused[reason] += 1
        self.example.setdefault(reason, text)


@dataclass
class Sample:
    """Counts over the rows that were read; ``total`` is how many the source has.

    ``rejected`` rows are refused as they are, before their values are looked at; ``faults`` counts those of them that
    no column is to blame for. ``absent`` and ``unknown`` are the catalog's fields that no row has, and fields that the
    catalog does not have.
    """

    total: int
    rows: int = 0
    rejected: int = 0
    columns: dict[str, Measured] = field(default_factory=dict)
    keys: Counter[tuple[str, ...]] = field(default_factory=Counter)
    shapes: dict[str, list[Any]] = field(default_factory=dict)
    srids: dict[str, Counter[int]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    absent: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


def sampled(dataset: Dataset) -> Dataset:
    """The dataset in pages of a size that costs the source little."""
    size = min(PAGE_SIZE, dataset.api.page_size)
    return dataset.model_copy(update={"source": dataset.api.model_copy(update={"page_size": size})})


def read_sample(source: Source, dataset: Dataset, pages: int) -> Sample:
    """Read the first pages that the source has, newest keys first as a rule."""
    window = Window(low=None, high=source.now())
    return measure(dataset, islice(source.pages(window), pages), source.count(window))


def measure(dataset: Dataset, pages: Iterable[Page], total: int) -> Sample:
    """Measure pages of rows."""
    encoder, sample = RowEncoder(dataset), Sample(total)
    sample.columns = {name: Measured() for name in dataset.all_names}
    refusals = {column.name: refusal_of(column) for column in dataset.columns}
    for page in pages:
        _, rejects = encoder.encode(page)
        for reject in rejects:
            _count_reject(reject, dataset.field_columns, sample)
        refused = {id(reject.raw) for reject in rejects}
        rows = [row for row in page.rows if isinstance(row, dict) and id(row) not in refused]
        sample.rows, sample.rejected = sample.rows + len(page.rows), sample.rejected + len(page.rows) - len(rows)
        for row in rows:
            _count_key(dataset, row, sample)
        for column in dataset.columns:
            _measure(_texts(column, rows), refusals[column.name], sample.columns[column.name])
        for geometry in dataset.geometry:
            _locate(geometry, list(_places(geometry, dataset, rows)), sample)
    sample.absent = (
        frozenset(dataset.field_columns[source] for source in encoder.absent) if sample.rows else frozenset()
    )
    sample.unknown = frozenset(encoder.unknown)
    return sample


def _count_reject(reject: Reject, names: dict[str, str], sample: Sample) -> None:
    """A row that the extract would set aside: by its column, or as a whole."""
    if name := names.get(reject.column or ""):
        sample.columns[name].refuse(reject.reason, "")
    else:
        sample.faults[reject.reason] += 1


def _count_key(dataset: Dataset, row: Row, sample: Sample) -> None:
    values = [text_of(row.get(dataset.source_of(name))) for name in dataset.load.key]
    known = tuple(value for value in values if value is not None)
    if len(known) == len(values):
        sample.keys[known] += 1


def _measure(texts: Iterable[str], refusal: Refusal, measured: Measured) -> None:
    for text in texts:
        measured.filled += 1
        measured.longest = max(measured.longest, len(text))
        if reason := refusal(text):
            measured.refuse(reason, text)


def _locate(geometry: Geometry, texts: list[str], sample: Sample) -> None:
    """Read a page's WKT; an SRID may stand before it, as ``SRID=4326;``."""
    measured = sample.columns[geometry.name]
    srids = sample.srids.setdefault(geometry.name, Counter())
    bare = [text.rpartition(";")[2] for text in texts]
    for text, plain in zip(texts, bare, strict=True):
        head = text[: len(text) - len(plain)].upper().removeprefix("SRID=").rstrip(";")
        srids[int(head) if head.isdecimal() else geometry.srid] += 1
    found = shapely.from_wkt(bare, on_invalid="ignore")
    measured.filled += len(texts)
    for text, shape in zip(texts, found, strict=True):
        if shape is None:
            measured.refuse("no WKT", text)
    sample.shapes.setdefault(geometry.name, []).extend(shape for shape in found if shape is not None)


def _places(geometry: Geometry, dataset: Dataset, rows: list[Row]) -> Iterable[str]:
    """The field's texts, or those of the points that are made of two columns."""
    if geometry.made_from is None:
        yield from _texts(geometry, rows)
        return
    longitude, latitude = (dataset.source_of(n) for n in (geometry.made_from.longitude, geometry.made_from.latitude))
    for row in rows:
        pair = row.get(longitude), row.get(latitude)
        if all(isinstance(degrees, int | float) for degrees in pair):
            yield f"POINT({pair[0]} {pair[1]})"


def _texts(column: Column | Geometry, rows: list[Row]) -> Iterable[str]:
    values = (row.get(column.source) for row in rows if column.source)
    return (text for value in values if (text := text_of(value)) is not None)
