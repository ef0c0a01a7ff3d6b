"""A layer of a vector file: what it holds, and its features as Arrow batches with the geometry as WKB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyproj import CRS

from enverus_elt.deliveries.names import column_names
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.arrow_values import plain_array, plain_type
from enverus_elt.formats.geoparquet import GEOMETRY, RESERVED

BATCH_ROWS = 16_384


@dataclass(frozen=True)
class VectorColumn:
    """A column: its name in the lake, what the file calls it, and its Arrow type."""

    name: str
    source: str
    type: pa.DataType


@dataclass(frozen=True)
class VectorLayer:
    """``crs`` is what the file itself says, or None; ``count`` None where only reading tells.

    ``read`` yields the file's own columns in the order of ``columns``, and then the geometry as WKB.
    """

    name: str
    columns: tuple[VectorColumn, ...]
    crs: CRS | None
    count: int | None
    geometry_type: str
    what: str  # the file's name, and the layer's where it has several: what messages begin with
    read: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)
    facts: dict[str, Any] = field(default_factory=dict)
    first_row: int = 1  # what a person calls the first feature: a CSV's header is row 1

    @property
    def schema(self) -> pa.Schema:
        """Of the batches."""
        fields = [pa.field(column.name, column.type) for column in self.columns]
        return pa.schema([*fields, pa.field(GEOMETRY, pa.binary())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All features, in the file's order; raises DeliveryError that names row and column.

        Where the file says how many features it has, fewer are an error: some formats end early without a word.
        """
        row = self.first_row
        for batch in self.read():
            arrays = [
                plain_array(array, column.type, column.source, row, self.what)
                for array, column in zip(batch.columns, self.columns, strict=False)
            ]
            arrays.append(batch.column(batch.num_columns - 1).cast(pa.binary()))
            row += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        if self.count is not None and (rows := row - self.first_row) != self.count:
            raise DeliveryError(f"{self.what}: has {self.count:,} features, of which {rows:,} can be read")


def layer_columns(fields: list[pa.Field], what: str) -> tuple[VectorColumn, ...]:
    """Columns for a file's attributes, with names that the lake's own columns do not have."""
    names = column_names([field.name for field in fields], taken=RESERVED)
    return tuple(
        VectorColumn(name, field.name, plain_type(field.type, field.name, what))
        for name, field in zip(names, fields, strict=True)
    )
