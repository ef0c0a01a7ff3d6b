"""Rows that no CSV column can carry: why, and what is kept of them."""

import math
from collections.abc import Container
from datetime import UTC, datetime
from typing import Any, NamedTuple

from enverus_elt.catalog import Column, Dataset
from enverus_elt.sources.base import FaultyRow
from enverus_elt.sources.json_rows import AmbiguousRow

ZONELESS = ("date", "timestamp")
MISSING = "NULL"  # how the API spells a missing text or date

Fault = tuple[str | None, str]  # the field, where it is one field's, and the reason


class Reject(NamedTuple):
    """A row with the field that is at fault; numbered downwards from -1.

    ``changed`` is when it changed at the source, in ISO format, and ``natural_key`` its key's values as text;
    each is empty where the row does not say.
    """

    row_no: int
    column: str | None
    reason: str
    raw: Any
    changed: str | None
    natural_key: tuple[str, ...] | None


def reject(dataset: Dataset, row_no: int, fault: Fault, row: Any) -> Reject:
    """The row as it came; one that has a field twice as its pairs."""
    raw = row.pairs if isinstance(row, AmbiguousRow) else row
    if not isinstance(row, dict):
        return Reject(row_no, *fault, raw, None, None)
    return Reject(row_no, *fault, raw, _changed(dataset, row), _natural_key(dataset, row))


def find_fault(row: Any, known: Container[str]) -> Fault | None:
    """Why a row cannot be written as CSV, with its field; a field that is not ``known`` may hold any JSON."""
    if not isinstance(row, dict):
        return None, f"a row is a JSON {type(row).__name__}, not an object"
    if isinstance(row, AmbiguousRow):
        return row.field, "the field is there twice, with different values"
    if isinstance(row, FaultyRow):
        return row.field, row.reason
    for field, value in row.items():
        if not is_text(field):
            return None, f"a field's name with a NUL character or a lone surrogate: {field!a}"
        if field not in known and isinstance(value, dict | list):
            continue
        if reason := _find_reason(value):
            return field, reason
    return None


def _find_reason(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return f"a JSON {type(value).__name__} where a single value belongs"
    if isinstance(value, str) and not is_text(value):
        return "text with a NUL character, a lone surrogate or bytes that are not UTF-8"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} where a number belongs"
    return None


def is_text(value: str) -> bool:
    """Whether PostgreSQL can store it."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


def _changed(dataset: Dataset, row: dict[str, Any]) -> str | None:
    moments = [_moment(row.get(dataset.source_of(name))) for name in dataset.version_columns]
    return max((moment.isoformat() for moment in moments if moment), default=None)


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _natural_key(dataset: Dataset, row: dict[str, Any]) -> tuple[str, ...] | None:
    """The key's values as core has them, where each is what the source can be asked for."""
    fields = [(dataset.by_name[name], dataset.source_of(name)) for name in dataset.load.key]
    if isinstance(row, AmbiguousRow) and row.field in {field for _, field in fields}:
        return None
    values = [value for column, field in fields if (value := _key_value(column, row.get(field))) is not None]
    return tuple(values) if len(values) == len(fields) else None


def _key_value(column: Column, value: Any) -> str | None:
    if column.is_numeric and type(value) is int:
        return str(value)
    if column.is_text and isinstance(value, str) and value != MISSING and is_text(value):
        return value
    if column.type in ZONELESS and _moment(value):
        moment = datetime.fromisoformat(value).replace(tzinfo=None)  # PostgreSQL reads past a time zone, too
        return str(moment.date() if column.type == "date" else moment)
    return None
