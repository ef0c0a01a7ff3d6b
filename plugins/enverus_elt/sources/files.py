"""A version of the data lake as a dataset's source: the rows of one Parquet or GeoParquet file.

A version is whole and never changes, so its clock stands still at the moment when it was found to be the newest:
what is read is what the lake held then, and of two loads the one that found its version later is the younger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enverus_elt.catalog import Dataset, FileSource
from enverus_elt.catalog.sources import GEOMETRY_ID, PUBLISHED_AT, VERSION
from enverus_elt.errors import EvidenceError, SourceError
from enverus_elt.sources.arrow_values import plain_values
from enverus_elt.sources.base import FaultyRow, Origin, Page, Row, Window
from enverus_elt.sources.geoparquet import geometry_ids, layer_of, single_parts


@dataclass(frozen=True)
class VersionFile:
    """The file of a version, fetched to ``path``, and what the lake's ledger says of it.

    ``rows`` is the ledger's count, ``found_at`` when the version was found to be the newest, by the ledger's clock.
    """

    path: Path
    origin: Origin
    rows: int
    published_at: datetime
    found_at: datetime


class FilesSource:
    """One file of a version, as :class:`~enverus_elt.sources.base.Source`.

    Raises SourceError where the file is not one that the catalog can mean, EvidenceError where it does not hold what
    the ledger says.
    """

    def __init__(self, file: VersionFile, dataset: Dataset, source: FileSource) -> None:
        self._file = file
        self._dataset = dataset
        self._source = source
        try:
            self._parquet = pq.ParquetFile(file.path)
        except pa.ArrowInvalid as error:
            raise SourceError(f"{self._where}: not a Parquet file: {error}") from error
        self._rows: int = self._parquet.metadata.num_rows
        if self._rows != file.rows:
            raise EvidenceError(f"{self._where} holds {self._rows:,} rows, and {file.rows:,} by the lake's ledger")
        self._singles = {shape.source for shape in dataset.geometry if not shape.multi}
        self._layer = layer_of(self._parquet.metadata.metadata, self._where)
        self._check_fields()
        self._check_geometries()

    @property
    def origin(self) -> Origin:
        """The version and its file."""
        return self._file.origin

    def now(self) -> datetime:
        """When the version was found to be the newest."""
        return self._file.found_at

    def count(self, window: Window) -> int:
        """The rows of the file, by its footer; a version is the whole dataset, whatever the window."""
        return self._rows

    def pages(self, window: Window) -> Iterator[Page]:
        """The file's rows in its order, few at a time."""
        for batch in self._parquet.iter_batches(self._source.page_size, columns=self._names):
            yield Page(list(self._rows_of(batch)), plain=False)

    @property
    def _where(self) -> str:
        origin = self._file.origin
        return f"{self._dataset.id}: {origin.asset} of {origin.dataset} v{origin.version}"

    @property
    def _names(self) -> list[str]:
        return [name for name in self._parquet.schema_arrow.names if name not in self._layer.coverings]

    def _check_fields(self) -> None:
        if both := sorted(self._source.constants.keys() & set(self._names)):
            raise SourceError(f"{self._where} has the fields {', '.join(both)}: take them out of source.constants")
        if GEOMETRY_ID in self._dataset.fields and not self._layer.geometries:
            raise SourceError(f"{self._where} has no geometry that {GEOMETRY_ID} could be made of")

    def _check_geometries(self) -> None:
        for geometry in self._dataset.geometry:
            if geometry.source is None or geometry.source not in self._names:
                continue  # made of two columns, or drifted away
            self._layer.check(geometry.source, geometry.srid, f"{self._where}: {geometry.source}", geometry.name)

    def _rows_of(self, batch: pa.RecordBatch) -> Iterator[Row]:
        columns = {name: self._values(name, batch.column(name)) for name in batch.schema.names}
        if GEOMETRY_ID in self._dataset.fields:
            columns[GEOMETRY_ID] = geometry_ids(batch.column(self._layer.primary))
        faults: dict[int, tuple[str, str]] = {}
        for field, codes in self._source.codes.items():
            if field in columns:
                columns[field] = _translated(columns[field], codes, field, faults)
        same = {**self._source.constants, **self._stamps()}
        for number, values in enumerate(zip(*columns.values(), strict=True)):
            row = {**same, **dict(zip(columns, values, strict=True))}
            yield FaultyRow(row, *faults[number]) if number in faults else row

    def _values(self, name: str, column: pa.Array) -> list[Any]:
        """A geometry as WKB in hexadecimal digits, in which nothing of a coordinate is lost; other values as JSON's."""
        if name not in self._layer.geometries:
            return plain_values(column)
        bodies = single_parts(column) if name in self._singles else column.to_pylist()
        return [None if body is None else body.hex() for body in bodies]

    def _stamps(self) -> Row:
        file = self._file
        known = {PUBLISHED_AT: file.published_at.isoformat(), VERSION: file.origin.version}
        return {field: known[field] for field in self._dataset.stamps}


def _translated(values: list[Any], codes: dict[str, str], field: str, faults: dict[int, tuple[str, str]]) -> list[Any]:
    """What the catalog calls each value; rows with one that it does not name are at fault."""
    found = []
    for number, value in enumerate(values):
        code = None if value is None else codes.get(str(value))
        if value is not None and code is None:
            faults.setdefault(number, (field, "the catalog's source.codes do not name the value"))
            code = value
        found.append(code)
    return found
