"""A recipe's steps on a table without geometry: rename, cast and filter, batch by batch, nothing kept in memory.

Needing no geometry, they need no PostGIS either; the types and their names are the same as there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from enverus_elt.deliveries.recipes import AnyStep, Cast, Filter, Recipe, Rename
from enverus_elt.errors import CatalogError, DeliveryError
from enverus_elt.formats.inference import BLANKS, MOST_SHOWN, first_refused
from enverus_elt.lake.column_types import arrow_type

COMPARISONS = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
REFUSALS = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError)


@dataclass(frozen=True)
class Rows:
    """A batch, and for each of its rows the number that it has in the delivered file, counted from 1."""

    batch: pa.RecordBatch
    numbers: np.ndarray[Any, np.dtype[np.int64]]


class TableStep(Protocol):
    """One step, made for the columns that the step before it leaves; ``schema`` is what it leaves itself."""

    schema: pa.Schema

    def apply(self, rows: Rows) -> Rows:
        """What becomes of a batch."""

    def facts(self) -> dict[str, Any]:
        """What it did so far."""


class TableSteps:
    """A recipe's steps in their order. ``sources`` are the names that the columns had before the first one."""

    def __init__(self, recipe: Recipe, schema: pa.Schema) -> None:
        self.sources = list(schema.names)
        self._steps: list[TableStep] = []
        self.schema = schema
        for number, step in enumerate(recipe.steps, start=1):
            made = _made(step, self.schema, f"recipe {recipe.name}: step {number}, {step.step}")
            self._steps.append(made)
            self.schema = made.schema

    def run(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches as the last step leaves them."""
        first = 1
        for batch in batches:
            rows = Rows(batch, np.arange(first, first + batch.num_rows))
            first += batch.num_rows
            for step in self._steps:
                rows = step.apply(rows)
            if rows.batch.num_rows:
                yield rows.batch

    def facts(self) -> list[dict[str, Any]]:
        """What each step did, in their order; to be asked after the last batch."""
        return [step.facts() for step in self._steps]


def cast_columns(recipe: Recipe) -> frozenset[str]:
    """Columns that the recipe casts, by their names before any step: their type need not be found out.

    They are read as they stand in the file, so that a cast to text keeps every letter.
    """
    before: dict[str, str] = {}  # name now → name at first
    found = set()
    for step in recipe.steps:
        if isinstance(step, Rename):
            before |= {new: before.get(old, old) for old, new in step.columns.items()}
        elif isinstance(step, Cast):
            found |= {before.get(name, name) for name in step.columns}
    return frozenset(found)


def _made(step: AnyStep, schema: pa.Schema, what: str) -> TableStep:
    match step:
        case Rename():
            return _Rename(step, schema, what)
        case Cast():
            return _Cast(step, schema, what)
        case Filter():
            return _Filter(step, schema, what)
    raise CatalogError(f"{what}: not a step for tables")


@dataclass
class _Rename:
    step: Rename
    before: pa.Schema
    what: str
    schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        _refuse_unknown(self.step.columns, self.before, self.what)
        names = [self.step.columns.get(name, name) for name in self.before.names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DeliveryError(f"{self.what}: two columns would be called {', '.join(twice)}")
        self.schema = pa.schema([column.with_name(name) for column, name in zip(self.before, names, strict=True)])

    def apply(self, rows: Rows) -> Rows:
        return Rows(pa.RecordBatch.from_arrays(rows.batch.columns, schema=self.schema), rows.numbers)

    def facts(self) -> dict[str, Any]:
        return {"step": "rename", "columns": dict(self.step.columns)}


@dataclass
class _Cast:
    step: Cast
    before: pa.Schema
    what: str
    schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        _refuse_unknown(self.step.columns, self.before, self.what)
        self.schema = self.before
        for name, declared in self.step.columns.items():
            kind = arrow_type(declared)
            if kind is None:
                raise CatalogError(
                    f"{self.what}: {name}: Parquet has no {declared}: say numeric(p, s) with at most 38 digits, or "
                    "double precision"
                )
            self.schema = self.schema.set(self.schema.get_field_index(name), pa.field(name, kind))

    def apply(self, rows: Rows) -> Rows:
        arrays = [
            self._cast(values, column.name, column.type, rows)
            for values, column in zip(rows.batch.columns, self.schema, strict=True)
        ]
        return Rows(pa.RecordBatch.from_arrays(arrays, schema=self.schema), rows.numbers)

    def _cast(self, values: pa.Array, name: str, kind: pa.DataType, rows: Rows) -> pa.Array:
        if name not in self.step.columns:
            return values
        if pa.types.is_string(values.type) and not pa.types.is_string(kind):
            values = pc.utf8_trim(values, BLANKS)
            values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
        try:
            found = values.cast(kind)
        except REFUSALS as error:
            raise self._refusal(values, first_refused(values, kind), name, rows) from error
        if not pa.types.is_string(values.type) and (cut := _first_changed(values, found)) >= 0:
            raise self._refusal(values, cut, name, rows)
        declared = self.step.columns[name]
        if declared.startswith("varchar"):
            longer = pc.index(pc.greater(pc.utf8_length(found), int(declared[8:-1])), True).as_py()
            if longer >= 0:
                raise self._refusal(values, longer, name, rows)
        return found

    def _refusal(self, values: pa.Array, place: int, name: str, rows: Rows) -> DeliveryError:
        value = str(values[place].as_py())[:MOST_SHOWN]
        declared = self.step.columns[name]
        return DeliveryError(
            f"{self.what}: column {name}, row {rows.numbers[place]:,} of the data: {value!r} is no {declared}"
        )

    def facts(self) -> dict[str, Any]:
        return {"step": "cast", "columns": dict(self.step.columns)}


@dataclass
class _Filter:
    step: Filter
    schema: pa.Schema
    what: str
    kept: int = 0
    dropped: int = 0

    def __post_init__(self) -> None:
        _refuse_unknown([self.step.column], self.schema, self.what)
        kind = self.schema.field(self.step.column).type
        self._value = pa.scalar(self.step.value)
        numbers = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        try:
            if isinstance(self.step.value, str) == numbers:
                raise pa.ArrowInvalid("text is no number")
            if not numbers:
                self._value = self._value.cast(kind)
        except REFUSALS as error:
            raise DeliveryError(
                f"{self.what}: column {self.step.column} is {kind}, which is not compared with {self.step.value!r}: "
                "cast it first"
            ) from error

    def apply(self, rows: Rows) -> Rows:
        column = rows.batch.column(self.step.column)
        keep = pc.fill_null(COMPARISONS[self.step.op](column, self._value), False)
        found = Rows(rows.batch.filter(keep), rows.numbers[keep.to_numpy(zero_copy_only=False)])
        self.kept += found.batch.num_rows
        self.dropped += rows.batch.num_rows - found.batch.num_rows
        return found

    def facts(self) -> dict[str, Any]:
        condition = f"{self.step.column} {self.step.op} {self.step.value}"
        return {"step": "filter", "condition": condition, "kept": self.kept, "dropped": self.dropped}


def _first_changed(values: pa.Array, found: pa.Array) -> int:
    """Place of the first value that does not come back the same: nothing is cut or rounded to make it fit."""
    same = pc.equal(values, found.cast(values.type))
    return int(pc.index(pc.fill_null(same, True), False).as_py())


def _refuse_unknown(names: Iterable[str], schema: pa.Schema, what: str) -> None:
    if unknown := [name for name in names if name not in schema.names]:
        raise DeliveryError(f"{what}: no column {', '.join(unknown)} (there are: {_listed(schema.names)})")


def _listed(names: Sequence[str], most: int = 30) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
