"""Delivered tables, whatever file they come in: columns with normalised names and types, and their rows in batches.

CSV is read twice, once to find the types over all of its rows and once for the rows; so is Excel. Parquet says itself
what its columns are. Memory is a batch's.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from enverus_elt.deliveries.manifest import DeliveredFile
from enverus_elt.deliveries.names import column_names
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.csv_text import read_header
from enverus_elt.formats.excel import read_sheet
from enverus_elt.formats.excel_types import CellNarrowing, typed_batches
from enverus_elt.formats.inference import Inferred, Narrowing, typed
from enverus_elt.formats.parquet_table import open_parquet

MOST_COLUMNS = 1_600  # what PostgreSQL and most GIS programs take, too


@dataclass(frozen=True)
class TableColumn:
    """A column: its name here, what the file calls it, its type, and what is known of how that was found."""

    name: str
    source: str
    type: pa.DataType
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """An opened table. ``facts`` says how the file was read; ``batches`` may be asked for again and again."""

    columns: tuple[TableColumn, ...]
    facts: Mapping[str, Any]
    batches: Callable[[], Iterator[pa.RecordBatch]]

    @property
    def schema(self) -> pa.Schema:
        """The columns as Arrow has them."""
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])


def open_table(path: Path, file: DeliveredFile, as_text: Collection[str] = ()) -> Table:
    """Open a delivered table; ``as_text`` are columns, by their normalised names, whose type is not to be found out.

    Raises DeliveryError, naming file and row or cell, where it cannot be read.
    """
    readers = {"csv": _open_csv, "excel": _open_excel, "parquet": _open_parquet}
    return readers[file.format](path, file, as_text)


def _open_csv(path: Path, file: DeliveredFile, as_text: Collection[str]) -> Table:
    text = read_header(path, file.name, file.encoding)
    names = _names(text.headers, file)
    narrowing = Narrowing(len(names), _places(names, as_text))
    for batch in text.batches():
        narrowing.look(batch)
    columns = _columns(names, text.headers, narrowing.found())
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in text.batches():
            arrays = [typed(values, kind) for values, kind in zip(batch.columns, schema.types, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return Table(columns, {"encoding": text.encoding, "delimiter": text.delimiter}, batches)


def _open_excel(path: Path, file: DeliveredFile, as_text: Collection[str]) -> Table:
    sheet = read_sheet(path, file.name, file.layer)
    sheet.refuse_unstored()
    names = _names(sheet.headers, file)
    narrowing, last, gaps = CellNarrowing(len(names), _places(names, as_text)), sheet.header_row, 0
    for row in sheet.rows():
        narrowing.look(row)
        gaps, last = gaps + row.number - last - 1, row.number
    columns = _columns(names, sheet.headers, narrowing.found())
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])
    facts = {"sheet": sheet.title, "header_row": sheet.header_row, "empty_rows": gaps}
    if narrowing.failed_formulas:
        facts["failed_formulas"] = narrowing.failed_formulas
    return Table(columns, facts, lambda: typed_batches(sheet.rows(), schema))


def _open_parquet(path: Path, file: DeliveredFile, _: Collection[str]) -> Table:
    parquet = open_parquet(path, file.name)
    names = _names(parquet.headers, file)
    columns = tuple(map(TableColumn, names, parquet.headers, parquet.types))
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])
    return Table(columns, {"row_groups": parquet.row_groups}, lambda: parquet.batches(schema))


def _names(headers: Sequence[str], file: DeliveredFile) -> list[str]:
    if len(headers) > MOST_COLUMNS:
        raise DeliveryError(f"{file.name}: {len(headers):,} columns, a table has at most {MOST_COLUMNS:,}")
    return column_names(headers)


def _places(names: Sequence[str], chosen: Collection[str]) -> frozenset[int]:
    return frozenset(place for place, name in enumerate(names) if name in chosen)


def _columns(names: Sequence[str], headers: Sequence[str], found: Sequence[Inferred]) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(name, header, inferred.type, _facts(inferred))
        for name, header, inferred in zip(names, headers, found, strict=True)
    )


def _facts(inferred: Inferred) -> dict[str, Any]:
    facts: dict[str, Any] = {"empty": inferred.empty}
    if (obstacle := inferred.obstacle) is not None:
        facts["text_because_of"] = {"row": obstacle.row, "value": obstacle.value, "not": obstacle.instead_of}
    return facts
