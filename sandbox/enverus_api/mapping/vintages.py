"""Two states of one dataset, from what the agency published first and later.

A row is new, revised, withdrawn or the same. New and revised rows get a later `UpdatedDate`; a withdrawn
row stays as it was, with `DeletedDate` set and `UpdatedDate` unmoved, so a client must ask for both; a row
that is the same is the same object in both vintages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sandbox.enverus_api.mapping.moments import Window
from sandbox.enverus_api.mapping.values import NULL, iso
from sandbox.enverus_api.schema import Key, Schema, WireValue
from sandbox.enverus_api.tables import Table

Values = tuple[WireValue, ...]
FIRST, SECOND = "2024", "2025"
VINTAGES = (FIRST, SECOND)
STAMPS = ("UpdatedDate", "DeletedDate")


@dataclass(frozen=True)
class Change:
    """What the later publication did, as far as the rows' own values do not say it."""

    window: Window
    revised: Callable[[Key], bool]
    withdrawn: Callable[[Key], bool]
    unlisted: Callable[[Key], bool] = lambda _key: False  # withdrawn without a word
    dated: Callable[[Key], datetime | None] = lambda _key: None  # where a day is known

    def stamp(self, key: Key) -> str:
        return iso(self.dated(key) or self.window.moment("changed", key))


def two_vintages(
    schema: Schema,
    columns: tuple[str, ...],
    before: Mapping[Key, tuple[str, Values]],
    after: Mapping[Key, Values],
    change: Change,
) -> dict[str, Table]:
    """Build both vintages; `before` maps each key to its first `UpdatedDate` and values."""
    first = {key: (updated, NULL, *values) for key, (updated, values) in before.items()}
    second: dict[Key, Values] = {}
    for key in first.keys() | after.keys():
        if key not in first:
            second[key] = (change.stamp(key), NULL, *after[key])
        elif change.unlisted(key):
            continue
        elif change.withdrawn(key):
            second[key] = (first[key][0], change.stamp(key), *first[key][2:])
        elif change.revised(key):
            second[key] = (change.stamp(key), NULL, *after[key])
        else:
            second[key] = first[key]
    names = STAMPS + columns
    return {FIRST: Table(schema, names, first), SECOND: Table(schema, names, second)}
