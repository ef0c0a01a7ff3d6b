"""Steps of a recipe that are about columns and rows, not about geometries."""

from dataclasses import replace
from typing import Any

import psycopg

from enverus_elt.deliveries.recipes import Cast, Filter, Rename
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import RESERVED
from enverus_elt.hooks.failures import translated
from enverus_elt.lake.column_types import arrow_type, sql_type
from enverus_elt.lake.layers import Layer, ask, change
from enverus_elt.lake.workshop import Workshop
from enverus_elt.sql import Fragment, render

Facts = dict[str, Any]
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


def rename(shop: Workshop, layer: Layer, step: Rename) -> tuple[Layer, Facts]:
    """All at once, so that two columns can change places."""
    for old in step.columns:
        layer.column(old, "rename")
    columns = tuple(replace(c, name=step.columns.get(c.name, c.name)) for c in layer.columns)
    names = [column.name for column in columns]
    if taken := sorted({name for name in names if names.count(name) > 1 or name in RESERVED}):
        raise DeliveryError(f"{layer.what}: rename: {', '.join(taken)} would be there twice")
    statement = render("recipes/rename_columns.sql", schema=shop.schema, table=layer.table, renamed=step.columns)
    with translated(f"{layer.what}: rename"):
        shop.conn.execute(statement)
    return layer.with_columns(*columns), {"changed": 0}


def cast(shop: Workshop, layer: Layer, step: Cast) -> tuple[Layer, Facts]:
    """Column by column; the first value that does not fit is named. Nothing is cut or rounded to make it fit."""
    columns = {column.name: column for column in layer.columns}
    changed = 0
    for name, declared in step.columns.items():
        column = layer.column(name, "cast")
        target = arrow_type(declared)
        if target is None:
            raise DeliveryError(
                f"{layer.what}: cast: {name}: {declared} has no counterpart in Parquet: give precision and scale, at "
                "most 38 digits: numeric(12, 2)"
            )
        _check(shop, layer, name, declared)
        if sql_type(column.type) != declared:
            statement = render(
                "recipes/cast_column.sql", schema=shop.schema, table=layer.table, column=name, type=declared
            )
            with translated(f"{layer.what}: cast: {name}"):
                shop.conn.execute(statement)
            changed += ask(shop, layer, "recipes/count_values.sql", column=name)[0]["count"]
        columns[name] = replace(column, type=target)
    return layer.with_columns(*columns.values()), {"changed": changed}


def _check(shop: Workshop, layer: Layer, name: str, declared: str) -> None:
    """Every value as the new type and back: what does not come back the same does not fit."""
    # An INSERT of nothing: the rows are read and cast, and the first that cannot be is found by halving.
    change(shop, layer, "recipes/try_cast.sql", f"cast: column {name!r} to {declared}", column=name, type=declared)
    found = ask(shop, layer, "recipes/find_unfit.sql", column=name, type=declared)
    for row in found:
        raise DeliveryError(
            f"{layer.what}: row {row['_row']:,}: cast: column {name!r}: {row['value'][:40]!r} does not fit {declared}"
        )


def keep_rows(shop: Workshop, layer: Layer, step: Filter) -> tuple[Layer, Facts]:
    """Rows whose value compares so stay; the others, and those without a value, go, and are counted."""
    column = layer.column(step.column, "filter")
    kind = sql_type(column.type)
    if step.op not in COMPARISONS:
        raise AssertionError(step.op)
    names = {"column": step.column, "operator": Fragment(step.op), "type": kind}
    statement = render("recipes/filter_rows.sql", schema=shop.schema, table=layer.table, **names)
    try:
        removed = shop.conn.execute(statement, {"value": str(step.value)}).rowcount
    except psycopg.DataError as error:
        raise DeliveryError(f"{layer.what}: filter: {step.value!r} is no {kind}, as {step.column} is") from error
    return layer, {"changed": 0, "removed": removed}
