"""A page's bytes → rows, fast where they are plain and careful where they are not."""

import json
from typing import Any

import orjson

from enverus_elt.errors import TransientError
from enverus_elt.sources.base import Page


def decode_rows(content: bytes, content_type: str, dataset: str) -> Page:
    """Rows of a JSON array.

    orjson refuses lone surrogates, NaN and Infinity; such a page is read once more by the standard library,
    marked as not plain, so that only the rows at fault are set aside. A body that is no JSON array at all was
    cut off or is not the API's, and is asked for again.
    """
    try:
        rows: Any = orjson.loads(content)
        plain = _is_plain(content, rows)
    except orjson.JSONDecodeError as error:
        try:
            rows, plain = json.loads(content), False
        except (ValueError, RecursionError):
            what = content_type.partition(";")[0] or "an answer without a type"
            raise TransientError(f"{dataset}: a page of {len(content)} bytes ({what}) is not JSON: {error}") from error
    if not isinstance(rows, list):
        raise TransientError(f"{dataset}: a page is a JSON {type(rows).__name__}, not an array of rows")
    return Page(rows, plain)


def _is_plain(content: bytes, rows: Any) -> bool:
    """One object a row, no array inside, no NUL: counting characters is far cheaper than looking at values."""
    return (
        isinstance(rows, list)
        and content.count(b"{") == len(rows)
        and content.count(b"[") == 1
        and b"\\u0000" not in content
        and all(type(row) is dict for row in rows)
    )
