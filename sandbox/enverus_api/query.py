"""A request's parameters, checked against the dataset they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.filters import parse_filter
from sandbox.enverus_api.paging import PAGING_PARAMETERS, parse_cursor
from sandbox.enverus_api.schema import Key, Kind, Schema
from sandbox.enverus_api.tables import Condition, Table

DEFAULT_PAGESIZE = 1_000
MAX_PAGESIZE = 100_000
RAW_FILTER = "UpdatedDate"
_RESERVED = PAGING_PARAMETERS | {"fields", "ddl", "docs"}

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Query:
    """What to serve; `conditions` is None where a column cannot be filtered: then no row matches."""

    conditions: tuple[Condition, ...] | None
    fields: tuple[str, ...] | None
    pagesize: int
    below: Key | None

    def page(self, table: Table, skip: int = 0) -> list[Key]:
        if self.conditions is None:
            return []
        return list(islice(table.keys_below(self.below, self.conditions), skip, skip + self.pagesize))

    def raw(self, table: Table) -> Sequence[bytes]:
        """The raw rows: on the first page of a query without filters or with one on the update time."""
        return table.raw if self.below is None and self._asks_for_raw else ()

    def count(self, table: Table) -> int:
        """All rows of the query, on whichever page."""
        if self.conditions is None:
            return 0
        raw = len(table.raw) if self._asks_for_raw else 0
        return raw + sum(1 for _ in table.keys_below(None, self.conditions))

    @property
    def _asks_for_raw(self) -> bool:
        return self.conditions is not None and (
            not self.conditions or any(name == RAW_FILTER for name, _ in self.conditions)
        )


def parse_query(schema: Schema, parameters: Parameters) -> Query:
    """Raises ApiError 400 on a bad filter, field, page size or cursor."""
    by_name = {name.lower(): value for name, value in parameters}
    filters = [(name, value) for name, value in parameters if name.lower() not in _RESERVED]
    cursor = by_name.get("next_page")
    return Query(
        conditions=_conditions(schema, filters),
        fields=_fields(schema, by_name.get("fields", "")),
        pagesize=_pagesize(by_name.get("pagesize")),
        below=None if cursor is None else _below(schema, cursor),
    )


def _below(schema: Schema, cursor: str) -> Key:
    key = parse_cursor(schema.key, cursor)
    if any(isinstance(value, str) != (kind is Kind.TEXT) for value, kind in zip(key, schema.key_kinds, strict=True)):
        raise ApiError(400, f"bad next_page {cursor!r}: numbers are bare, text is quoted")
    return key


def _conditions(schema: Schema, filters: Parameters) -> tuple[Condition, ...] | None:
    conditions = []
    for name, expression in filters:
        field = schema.by_lower_name.get(name.lower())
        if field is None or field.kind is Kind.GEOMETRY:
            return None
        conditions.append((field.name, parse_filter(expression, field.kind)))
    return tuple(conditions)


def _fields(schema: Schema, listed: str) -> tuple[str, ...] | None:
    if not listed:
        return None
    names = [name.strip().lower() for name in listed.split(",")]
    unknown = [name for name in names if name not in schema.by_lower_name]
    if unknown:
        raise ApiError(400, f"unknown fields: {', '.join(unknown)}")
    return tuple(schema.by_lower_name[name].name for name in names)


def _pagesize(value: str | None) -> int:
    if value is None:
        return DEFAULT_PAGESIZE
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ApiError(400, f"bad pagesize {value!r}")
    return min(int(value), MAX_PAGESIZE)
