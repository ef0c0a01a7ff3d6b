"""Both vintages of a dataset, from a function that says what its rows are as of each publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sandbox.enverus_api.mapping.columns import Row
from sandbox.enverus_api.mapping.updates import BOREHOLE_CHANGES
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND, Change, two_vintages
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table


def tables(
    schema: Schema,
    rows: Callable[[str], dict[Key, Row]],
    first_updated: Callable[[Key], str],
    *,
    withdrawn: Callable[[Key], bool] = lambda _key: False,
    unlisted: Callable[[Key], bool] = lambda _key: False,
    dated: Callable[[Key], datetime | None] = lambda _key: None,
) -> dict[str, Table]:
    """A row that is `withdrawn`, or not there any more in the later vintage, stays with its `DeletedDate`.

    Of the latter those that are `unlisted` do not stay. What is new or changed is `dated`, where a day is known.
    """
    first, second = rows(FIRST), rows(SECOND)
    before = {key: (first_updated(key), tuple(row.values())) for key, row in first.items()}
    after = {key: tuple(row.values()) for key, row in second.items()}
    change = Change(
        window=BOREHOLE_CHANGES,
        revised=lambda key: before[key][1] != after[key],
        withdrawn=lambda key: key not in after or withdrawn(key),
        unlisted=lambda key: key not in after and unlisted(key),
        dated=dated,
    )
    return two_vintages(schema, tuple(next(iter(second.values()))), before, after, change)
