"""Faults of the API, by name: those that pass and are to be ridden out, and those that end a run, with how."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from enverus_elt.errors import EltError, SettingError, SourceError, TransientError

Fault = dict[str, Any]
Lasting = tuple[list[Fault], type[EltError], str]


def status(code: int, times: int | None = 1, headers: dict[str, str] | None = None, **match: Any) -> Fault:
    return {"fault": "status", "status": code, "times": times, "headers": headers or {}, "match": match}


def fault(kind: str, times: int | None = 1, seconds: float = 0.0, **match: Any) -> Fault:
    return {"fault": kind, "times": times, "seconds": seconds, "match": match}


TOKENS: Fault = {"path": "tokens", "method": "POST"}
NO_TOKEN = fault("expire_tokens", after=2)  # so that a new one has to be asked for in the middle of paging
TOMORROW = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
COUNT = "X-Query-Record-Count"

PASSING: dict[str, list[Fault]] = {
    "401 mid-paging": [status(401, after=3)],
    "the token expires mid-paging": [fault("expire_tokens", after=3)],
    "tokens expire again and again": [fault("expire_tokens", after=n) for n in range(0, 6, 2)],
    "403 at tokens": [NO_TOKEN, status(403, 2, **TOKENS)],
    "503 at tokens": [NO_TOKEN, status(503, 5, **TOKENS)],
    "reset at tokens": [NO_TOKEN, fault("reset", **TOKENS)],
    "429 with seconds": [status(429, 5, {"Retry-After": "7"}, after=3)],
    "429 with a date": [status(429, 5, {"Retry-After": TOMORROW}, after=3)],
    "429 with nonsense": [status(429, 1, {"Retry-After": "soon"}, after=3)],
    "429 with a date beyond the calendar": [status(429, 1, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -0100"})],
    **{f"{code} mid-paging": [status(code, 5, after=3)] for code in (500, 502, 503, 504)},
    "502 at the count": [status(502, 5, method="HEAD")],
    "500 at every other page": [status(500, after=n) for n in range(4)],
    "an answer that is late": [fault("slow", seconds=3, after=3)],
    "slow-loris": [fault("trickle", seconds=0.2, after=3)],
    "an answer cut off": [fault("truncate", 5, after=3)],
    "a connection reset": [fault("reset", 5, after=3)],
}
LASTING: dict[str, Lasting] = {
    "401 for good": ([status(401, None, after=3)], SettingError, "refuses a fresh token"),
    "400 at tokens": ([NO_TOKEN, status(400, None, **TOKENS)], SettingError, "secret key"),
    "403 at tokens": ([NO_TOKEN, status(403, None, **TOKENS)], SettingError, "secret key"),
    "503 at tokens": ([NO_TOKEN, status(503, None, **TOKENS)], TransientError, "status 503"),
    "HTML with 200 at tokens": ([NO_TOKEN, fault("html", None, **TOKENS)], TransientError, "token"),
    "slow-loris at tokens": ([NO_TOKEN, fault("trickle", None, 0.2, **TOKENS)], TransientError, "token"),
    "403 at a page": ([status(403, None, after=3)], SourceError, "answered 403"),
    "404 at a page": ([status(404, None, after=3)], SourceError, "knows no dataset"),
    **{
        f"{code} for good": ([status(code, None, after=3)], TransientError, f"status {code}")
        for code in (429, 500, 502, 503, 504)
    },
    "no answer in time": ([fault("slow", None, 3, after=3)], TransientError, "ReadTimeout"),
    "slow-loris": ([fault("trickle", None, 0.2, after=3)], TransientError, "ReadTimeout"),
    "answers cut off": ([fault("truncate", None, after=3)], TransientError, "ProtocolError"),
    "connections reset": ([fault("reset", None, after=3)], TransientError, "ReadError"),
    "HTML with 200": ([fault("html", after=3)], TransientError, "is not JSON"),
    "HTML with 200 for the count": ([fault("html", None, method="HEAD")], TransientError, "count"),
    "other JSON with 200": ([status(200, after=3)], TransientError, "not an array of rows"),
    "a page repeated": ([fault("repeat_page", after=2)], TransientError, "delivered|twice"),
    "a page repeated for ever": ([fault("repeat_page", None, after=2)], TransientError, "in a circle|twice"),
    "a page skipped": ([fault("skip_page", after=2)], TransientError, "delivered"),
    "the first page skipped": ([fault("skip_page")], TransientError, "delivered"),
    "an empty middle page": ([fault("empty_page", after=2)], TransientError, "delivered"),
    "an empty first page": ([fault("empty_page")], TransientError, "delivered"),
    "a page skipped and another repeated": (
        [fault("skip_page", after=1), fault("repeat_page", after=1)],  # so that the count agrees
        TransientError,
        "",
    ),
    "a count that disagrees": ([status(200, None, {COUNT: "7"}, method="HEAD")], TransientError, "delivered"),
    "a count that is none": ([status(200, None, {COUNT: "x"}, method="HEAD")], SourceError, "not a number"),
    "a clock that is none": ([status(200, None, {"Date": "today"}, method="HEAD")], SourceError, "Date"),
}
PAGES_LOST = ("a page skipped", "an empty middle page", "an empty first page", "a page skipped and another repeated")
