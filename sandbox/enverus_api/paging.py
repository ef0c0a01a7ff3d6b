"""Keyset paging: where a page starts, and the link to the next one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.schema import Key

PAGING_PARAMETERS = frozenset({"action", "next_page", "pagesize"})
_CURSOR = re.compile(r"\(?(?P<names>[\w,]+)\)? < \(?(?P<values>-?\d+(?:,-?\d+)*)\)?")


def format_cursor(names: tuple[str, ...], key: Key) -> str:
    """`WellID < 17`, or as a row comparison of SQL `(WellID,CompletionID) < (17,1701)`."""
    if len(key) == 1:
        return f"{names[0]} < {key[0]}"
    return f"({','.join(names)}) < ({','.join(map(str, key))})"


def parse_cursor(names: tuple[str, ...], cursor: str) -> Key:
    """The key that the page lies below; raises ApiError 400 where the cursor is not one of this dataset."""
    match = _CURSOR.fullmatch(cursor)
    if match is None or match["names"].lower() != ",".join(names).lower():
        raise ApiError(400, f"bad next_page {cursor!r}")
    key = tuple(int(value) for value in match["values"].split(","))
    if len(key) != len(names):
        raise ApiError(400, f"bad next_page {cursor!r}")
    return key


def next_page_url(dataset: str, parameters: Iterable[tuple[str, str]], cursor: str, pagesize: int) -> str:
    """The next page's URL relative to the base, with all parameters of the request it follows."""
    kept = [(name, value) for name, value in parameters if name.lower() not in PAGING_PARAMETERS]
    paging = [("action", "next"), ("next_page", cursor), ("pagesize", str(pagesize))]
    return f"/{dataset}?{urlencode(kept + paging, quote_via=quote)}"
