"""One source value to one wire value. The wire spells missing text and dates "NULL", missing numbers null."""

from __future__ import annotations

from datetime import datetime
from functools import cache

NULL = "NULL"
FEET_PER_METRE = 1 / 0.3048


def text(value: str) -> str:
    return value or NULL


def number(value: str) -> float | None:
    return float(value) if value else None


def iso(moment: datetime) -> str:
    """`2024-10-08T13:45:12`: the wire's dates carry no zone; they are UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def from_iso(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


@cache
def us_date(value: str) -> str:
    """`6/30/2000` → `2000-06-30T00:00:00`."""
    return iso(datetime.strptime(value, "%m/%d/%Y")) if value else NULL  # noqa: DTZ007 - a calendar date


@cache
def compact_month(value: str) -> str:
    """`202401` → `2024-01-01T00:00:00`."""
    return iso(datetime.strptime(value, "%Y%m"))  # noqa: DTZ007 - a calendar month
