"""Tables without geometry as Parquet: delivered ones opened, and the lake's written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.arrow_values import plain_array, plain_type
from enverus_elt.formats.content_digest import ContentDigest

READ_ROWS = 20_000
GROUP_ROWS = 100_000
GROUP_BYTES = 64 * 2**20  # of one row group in memory
GEO = b"geo"


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file whose footer was read; ``types`` are the lake's, one per column."""

    path: Path
    name: str  # what the delivery calls it
    headers: tuple[str, ...]
    types: tuple[pa.DataType, ...]
    row_groups: int

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """The rows, as the schema's columns; raises DeliveryError for a value that its type cannot hold."""
        row = 1
        with _told(self.name), pq.ParquetFile(self.path, pre_buffer=False) as file:
            for batch in file.iter_batches(READ_ROWS):
                arrays = [
                    plain_array(values, kind, header, row, self.name)
                    for header, values, kind in zip(self.headers, batch.columns, schema.types, strict=True)
                ]
                row += batch.num_rows
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def open_parquet(path: Path, name: str) -> ParquetTable:
    """Read a delivered file's footer; raises DeliveryError for what is no table of plain columns."""
    with _told(name), pq.ParquetFile(path) as file:
        schema, groups = file.schema_arrow, file.num_row_groups
    if GEO in (schema.metadata or {}):
        raise DeliveryError(f"{name}: a GeoParquet file: deliver it as type vector, format geoparquet")
    types = tuple(plain_type(column.type, column.name, name) for column in schema)
    return ParquetTable(path, name, tuple(schema.names), types, groups)


@dataclass(frozen=True)
class Written:
    """What was written."""

    rows: int
    content_sha256: str


class TableWriter:
    """Writes batches as Parquet. The file is there when the ``with`` block ended well, and is not when it did not."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema.remove_metadata()
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", write_page_index=True)
        self._digest = ContentDigest(self._schema)
        self._waiting: list[pa.RecordBatch] = []
        self.written: Written | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch of the schema; row groups have a size of their own."""
        self._digest.add(batch)
        self._waiting.append(batch)
        rows = sum(waiting.num_rows for waiting in self._waiting)
        if rows >= GROUP_ROWS or sum(waiting.nbytes for waiting in self._waiting) >= GROUP_BYTES:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            self._writer.close()
            self._path.unlink(missing_ok=True)
            return
        self._flush()
        self._writer.close()
        self.written = Written(self._digest.rows, self._digest.hexdigest())

    def _flush(self) -> None:
        if self._waiting:
            group = pa.Table.from_batches(self._waiting, self._schema)
            self._waiting = []
            self._writer.write_table(group, row_group_size=max(len(group), 1))


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except pa.ArrowException as error:
        reason = " ".join(str(error).split())[:200]
        raise DeliveryError(f"{name}: not a readable Parquet file: {reason}: upload it again") from error
    except OSError as error:
        raise DeliveryError(f"{name}: a damaged Parquet file: {' '.join(str(error).split())[:200]}") from error
