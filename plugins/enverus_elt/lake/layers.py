"""A layer while it is worked on: one table of a scratch schema, and what Python knows of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pyarrow as pa
from pyproj import CRS

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import GEOMETRY
from enverus_elt.formats.reference_systems import srid_of
from enverus_elt.hooks.failures import translated
from enverus_elt.lake.engine import load_batches
from enverus_elt.lake.workshop import Workshop
from enverus_elt.sql import render

ROW = "_row"  # of the delivered file; no column's name begins so
# A value that does not fit, and how PostGIS and GEOS report a geometry that they cannot work on.
DATA_FAULTS = (psycopg.DataError, psycopg.errors.InternalError_)


@dataclass(frozen=True)
class LayerColumn:
    """A column: its name, its Arrow type in the lake, and what the file called it."""

    name: str
    type: pa.DataType
    source: str | None = None


@dataclass(frozen=True)
class Layer:
    """The table has a column ``_row``, those of ``columns``, and ``geometry``; ``what`` is what messages begin with."""

    table: str
    columns: tuple[LayerColumn, ...]
    crs: CRS
    what: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def srid(self) -> int:
        """Of the geometries in the table; 0 for a reference system that has no number."""
        return srid_of(self.crs)

    def column(self, name: str, why: str) -> LayerColumn:
        """One column; raises DeliveryError where there is none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        have = ", ".join(self.names) or "none"
        raise DeliveryError(f"{self.what}: {why}: there is no column {name!r}; there are {have}")

    def with_columns(self, *columns: LayerColumn) -> "Layer":
        """The layer with other columns."""
        return replace(self, columns=columns)


def count(shop: Workshop, layer: Layer) -> int:
    """Rows of the layer."""
    return int(ask(shop, layer, "recipes/count_rows.sql")[0]["count"])


def ask(
    shop: Workshop, layer: Layer, template: str, values: dict[str, Any] | None = None, **names: Any
) -> list[dict[str, Any]]:
    """The rows of a query on the layer."""
    statement = render(template, schema=shop.schema, table=layer.table, columns=layer.names, **names)
    with translated(f"{layer.what}: {template}"):
        return shop.conn.execute(statement, values).fetchall()


def change(
    shop: Workshop, layer: Layer, template: str, why: str, values: dict[str, Any] | None = None, **names: Any
) -> int:
    """Run a statement that changes the layer, and return how many rows it touched.

    The statement takes the rows from ``%(low)s`` to ``%(high)s``: where the server refuses one of them, it is looked
    for, and named in a DeliveryError that begins with ``why``, the step.
    """
    statement = render(template, schema=shop.schema, table=layer.table, columns=layer.names, **names)
    everything = {**(values or {}), "low": 0, "high": 2**62}
    with translated(f"{layer.what}: {why}"):
        try:
            return shop.conn.execute(statement, everything).rowcount
        except DATA_FAULTS:
            row, message = _first_refused(shop, layer, statement, values or {})
            raise DeliveryError(f"{layer.what}: row {row:,}: {why}: {message}") from None


def add_columns(
    shop: Workshop, layer: Layer, columns: Iterable[LayerColumn], values: Iterator[pa.RecordBatch]
) -> Layer:
    """The layer with columns whose values come as batches of ``_row`` and them; a row that none comes for stays empty.

    Where a column's name is taken, DeliveryError says so.
    """
    added = tuple(columns)
    if taken := {column.name for column in added} & {*layer.names, GEOMETRY, ROW}:
        raise DeliveryError(f"{layer.what}: the new columns {', '.join(sorted(taken))} are there already: rename them")
    schema = pa.schema([pa.field(ROW, pa.int64()), *(pa.field(column.name, column.type) for column in added)])
    names = {"schema": shop.schema, "table": layer.table, "source": f"{layer.table}_added"}
    load_batches(shop, names["source"], schema, values)
    target = f"{layer.table}_wide"
    shop.conn.execute(
        render("recipes/join_columns.sql", target=target, columns=layer.names, added=[c.name for c in added], **names)
    )
    replace_table(shop, layer, target)
    drop_table(shop, names["source"])
    return layer.with_columns(*layer.columns, *added)


def drop_table(shop: Workshop, table: str) -> None:
    """Let go of a table that is no longer needed, for the scratch schema may be large."""
    shop.conn.execute(render("recipes/drop_table.sql", schema=shop.schema, table=table))


def rebuild(shop: Workshop, layer: Layer, template: str, why: str, **names: Any) -> None:
    """Make the layer's table anew by a ``CREATE TABLE … AS`` from itself, where rows become others."""
    target = f"{layer.table}_new"
    change(shop, layer, template, why, target=target, **names)
    replace_table(shop, layer, target)


def replace_table(shop: Workshop, layer: Layer, target: str) -> None:
    """Put another table in the place of the layer's."""
    shop.conn.execute(render("recipes/replace_table.sql", schema=shop.schema, table=layer.table, target=target))


def _first_refused(shop: Workshop, layer: Layer, statement: str, values: dict[str, Any]) -> tuple[int, str]:
    """The first row that the statement fails on, by halving, and what the server says of it. Nothing is changed."""
    bounds = ask(shop, layer, "recipes/select_rows_bounds.sql")[0]
    low, high = bounds["low"], bounds["high"]
    while low < high:
        middle = (low + high) // 2
        if _refusal(shop, statement, {**values, "low": low, "high": middle}) is None:
            low = middle + 1
        else:
            high = middle
    return low, _refusal(shop, statement, {**values, "low": low, "high": low}) or "the server refuses it"


def _refusal(shop: Workshop, statement: str, values: dict[str, Any]) -> str | None:
    try:
        with shop.conn.transaction(force_rollback=True):
            shop.conn.execute(statement, values)
    except DATA_FAULTS as error:
        return error.diag.message_primary or type(error).__name__
    return None
