"""Keyset paging: where a page starts, and the link to the next one. Text in a key is quoted as in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.schema import Key

PAGING_PARAMETERS = frozenset({"action", "next_page", "pagesize"})
_VALUE = re.compile(r"-?\d+|'(?:[^']|'')*'")
_CURSOR = re.compile(rf"\(?(?P<names>[\w,]+)\)? < \(?(?P<values>(?:{_VALUE.pattern})(?:,(?:{_VALUE.pattern}))*)\)?")


def format_cursor(names: tuple[str, ...], key: Key) -> str:
    """`WellID < 17`, or as a row comparison of SQL `(WellID,CompletionID) < (17,1701)`."""
    values = ",".join(_spelled(value) for value in key)
    return f"{names[0]} < {values}" if len(key) == 1 else f"({','.join(names)}) < ({values})"


def parse_cursor(names: tuple[str, ...], cursor: str) -> Key:
    """The key that the page lies below; raises ApiError 400 where the cursor is not one of this dataset."""
    match = _CURSOR.fullmatch(cursor)
    if match is None or match["names"].lower() != ",".join(names).lower():
        raise ApiError(400, f"bad next_page {cursor!r}")
    key = tuple(_value(spelled) for spelled in _VALUE.findall(match["values"]))
    if len(key) != len(names):
        raise ApiError(400, f"bad next_page {cursor!r}")
    return key


def just_above(key: Key) -> Key:
    """A key below which a page begins with this one: nothing lies between."""
    last = key[-1]
    return (*key[:-1], last + 1 if isinstance(last, int) else last + " ")


def _spelled(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _value(spelled: str) -> int | str:
    return spelled[1:-1].replace("''", "'") if spelled.startswith("'") else int(spelled)


def next_page_url(dataset: str, parameters: Iterable[tuple[str, str]], cursor: str, pagesize: int) -> str:
    """The next page's URL relative to the base, with all parameters of the request it follows."""
    kept = [(name, value) for name, value in parameters if name.lower() not in PAGING_PARAMETERS]
    paging = [("action", "next"), ("next_page", cursor), ("pagesize", str(pagesize))]
    return f"/{dataset}?{urlencode(kept + paging, quote_via=quote)}"
