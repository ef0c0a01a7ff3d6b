"""The sandbox API's update stamps: they tell a change from none."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.enverus_api_mapping.vintages import Tables, all_rows, row


def without_stamps(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {"UpdatedDate", "DeletedDate"}}


@pytest.mark.parametrize("dataset", ["wells", "headers", "production"])
def test_update_stamps_tell_a_change_from_none(dataset: str, request: pytest.FixtureRequest) -> None:
    """What changed is more than a day later than all that was known; what did not keeps its moment."""
    first, second = (request.getfixturevalue(dataset)[vintage] for vintage in ("2024", "2025"))
    newest = max(moment(served["UpdatedDate"]) for served in all_rows(first))
    as_of = datetime(2025, 5, 4)  # noqa: DTZ001
    for key in second.keys_below(None):
        now, then = row(second, key), first.row(key)
        if now["DeletedDate"] != "NULL":
            assert moment(now["DeletedDate"]) > newest + timedelta(days=1)
            assert now["UpdatedDate"] == row(first, key)["UpdatedDate"]
        elif then is None or without_stamps(now) != without_stamps(then):
            assert newest + timedelta(days=1) < moment(now["UpdatedDate"]) < as_of
        elif dataset != "production":
            assert now == then


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def test_one_day_of_updates_is_a_handful_of_rows(wells: Tables) -> None:
    days = Counter(served["UpdatedDate"][:10] for served in all_rows(wells["2025"]))
    assert max(days.values()) < 100
