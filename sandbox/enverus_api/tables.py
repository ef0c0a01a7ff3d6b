"""Rows of one dataset in one vintage: compact as loaded, with single rows and columns changed on request."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from sandbox.enverus_api.schema import Field, Key, Kind, Schema, WireValue

Row = dict[str, Any]
Condition = tuple[str, Callable[[Any], bool]]


class Table:
    """Values of mapped columns by key; all other fields of the schema are missing in every loaded row.

    A loaded row is a tuple of wire values. A changed row is a whole wire row of arbitrary JSON values, so
    that tests can serve what no schema allows. What not even JSON allows goes into `raw`: rows as bytes, which
    have no key, no place in the paging order and no values to filter by.
    """

    def __init__(self, schema: Schema, columns: tuple[str, ...], rows: Mapping[Key, tuple[WireValue, ...]]) -> None:
        self._loaded_schema = schema
        self._vintage = rows
        self._columns = columns
        self.reset()

    def reset(self) -> None:
        """Forget every change."""
        self.schema = self._loaded_schema
        self._hold(self._vintage)

    def clear(self) -> None:
        """Have no rows but those changed in from now on; the schema stays as it is."""
        self._hold({})

    def _hold(self, rows: Mapping[Key, tuple[WireValue, ...]]) -> None:
        self._loaded = rows
        self._changed: dict[Key, Row | None] = {}
        self._keys = sorted(rows)
        self.raw: list[bytes] = []

    def __len__(self) -> int:
        return len(self._keys)

    def row(self, key: Key) -> Row | None:
        """The whole wire row, or None where there is none."""
        if key in self._changed:
            changed = self._changed[key]
            return None if changed is None else {**self.schema.empty_row, **changed}
        values = self._loaded.get(key)
        if values is None:
            return None
        row: Row = self.schema.empty_row.copy()
        row.update(zip(self._columns, values, strict=True))
        return row

    def keys_below(self, below: Key | None, conditions: Iterable[Condition] = ()) -> Iterator[Key]:
        """Keys in paging order, which is descending, of rows that meet all conditions."""
        stop = len(self._keys) if below is None else bisect_left(self._keys, below)
        keys = islice(reversed(self._keys), len(self._keys) - stop, None)
        tests = [self._test(name, predicate) for name, predicate in conditions]
        return (key for key in keys if all(test(key) for test in tests))

    def _test(self, name: str, predicate: Callable[[Any], bool]) -> Callable[[Key], bool]:
        missing = self.schema.empty_row[name]
        position = self._columns.index(name) if name in self._columns else None
        loaded, changed = self._loaded, self._changed

        def test(key: Key) -> bool:
            if key in changed:
                return predicate((changed[key] or {}).get(name, missing))
            return predicate(missing if position is None else loaded[key][position])

        return test

    def upsert(self, values: Row) -> Key:
        """Change the named values of a row, or add it; raises KeyError, TypeError or ValueError on an unusable key."""
        key = self._key(values)
        existing = self.row(key)
        if existing is None:
            insort(self._keys, key)
        self._changed[key] = {**(existing or {}), **values}
        return key

    def delete(self, values: Row) -> bool:
        """Remove a row outright, which the real API never does; False where there was none."""
        key = self._key(values)
        if self.row(key) is None:
            return False
        self._keys.remove(key)
        self._changed[key] = None
        return True

    def _key(self, values: Row) -> Key:
        kinds = zip(self.schema.key, self.schema.key_kinds, strict=True)
        return tuple(str(values[name]) if kind is Kind.TEXT else int(values[name]) for name, kind in kinds)

    def add_fields(self, fields: Iterable[Field]) -> None:
        """Let the schema drift: every row has the new fields, missing until a row is changed."""
        self.schema = replace(self.schema, fields=(*self.schema.fields, *fields))
