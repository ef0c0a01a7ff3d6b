"""Arrow batches into scratch tables and out of queries, through PostgreSQL's binary COPY: memory is a batch's."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import adbc_driver_manager as adbc
import pyarrow as pa
from adbc_driver_postgresql import StatementOptions, dbapi

from enverus_elt.errors import DeliveryError, EltError, SettingError, TerminalError, TransientError
from enverus_elt.hooks.failures import REFUSALS, REFUSED, TRANSIENT_CLASSES
from enverus_elt.lake.column_types import sql_type, wire_type
from enverus_elt.lake.workshop import Workshop
from enverus_elt.sql import render

READ_BYTES = 8 * 2**20  # of one batch that is read


def load_batches(shop: Workshop, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Make a table with the schema's columns and fill it; returns its rows.

    Geometry is WKB in a ``bytea`` here. What the batches' iterator raises comes through as it was raised.
    """
    columns = [(field.name, sql_type(field.type)) for field in schema]
    shop.conn.execute(render("lake/create_table.sql", schema=shop.schema, table=table, types=columns))
    wire = pa.schema([pa.field(field.name, wire_type(field.type)) for field in schema])
    source = _Source(batches, wire)
    with _translated(f"loading {table}", lambda: source.error), _connected(shop) as connection:
        with connection.cursor() as cursor:
            reader = pa.RecordBatchReader.from_batches(wire, source)
            cursor.adbc_ingest(table, reader, mode="append", db_schema_name=shop.schema)
        connection.commit()
    return source.rows


def read_batches(shop: Workshop, query: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The query's rows as batches of the schema's types, which its columns must be able to become without loss.

    What ``shop.conn`` has written must be committed: the query runs on a connection of its own.
    """
    with _translated("reading a scratch table"), _connected(shop) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(READ_BYTES)})
        cursor.execute(query)
        for batch in cursor.fetch_record_batch():
            arrays = [array.cast(field.type) for array, field in zip(batch.columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


class _Source:
    """Hands batches to a driver written in C, to which an exception of Python's is only a text."""

    def __init__(self, batches: Iterable[pa.RecordBatch], wire: pa.Schema) -> None:
        self._batches, self._wire = batches, wire
        self.rows = 0
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._batches:
                self.rows += batch.num_rows
                yield batch.cast(self._wire)
        except BaseException as error:
            self.error = error
            raise


@contextmanager
def _connected(shop: Workshop) -> Iterator[dbapi.Connection]:
    connection = dbapi.connect(shop.uri)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _translated(what: str, cause: Callable[[], BaseException | None] = lambda: None) -> Iterator[None]:
    """Raise the project's errors for the driver's: what went wrong before the driver goes first."""
    try:
        yield
    except EltError:
        raise
    except (adbc.Error, pa.ArrowException, OSError) as error:
        if (origin := cause()) is not None:
            raise origin from error
        if isinstance(error, adbc.Error):
            raise _from_adbc(what, error) from error
        raise DeliveryError(f"{what}: {(str(error).splitlines() or ['?'])[0]}") from error


def _from_adbc(what: str, error: adbc.Error) -> EltError:
    """The first line only, for what follows may quote rows; of refused values, and of connections, not even that."""
    state, line = error.sqlstate or "", (str(error).splitlines() or ["?"])[0]
    if state.startswith(REFUSED) or (not state and any(refusal in str(error) for refusal in REFUSALS)):
        return SettingError(f"{what}: the warehouse refuses the login of its connection")
    if state.startswith(TRANSIENT_CLASSES) or isinstance(error, adbc.OperationalError):
        return TransientError(f"{what}: the warehouse is not available ({state or type(error).__name__})")
    if state.startswith("22"):
        line = type(error).__name__
    return TerminalError(f"{what}: the warehouse refused it ({state or 'no code'}): {line}")
