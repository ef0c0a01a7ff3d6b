"""Which values a column's type refuses, as PostgreSQL would when it reads the export's text.

A review needs no warehouse, so the types' rules stand here once more; what the extract itself refuses (text that stands
for no number, times in other forms than ISO) is found by the extract's own encoder before.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from enverus_elt.catalog import Column
from enverus_elt.steps.rejects import MISSING

WHOLE = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
GREATEST_REAL = 3.4028235e38
SMALLEST_REAL = 1.4e-45
BOOLEANS = re.compile(r"t|tr|tru|true|y|ye|yes|on|1|f|fa|fal|fals|false|n|no|of|off|0", re.IGNORECASE)

Refusal = Callable[[str], str | None]


def text_of(value: Any) -> str | None:
    """A JSON value as the text of the export; None for what is missing, an empty text among it."""
    if value is None or value in ("", MISSING):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE["bigint"]:
        return str(int(value))  # 1.0 is a whole number to the export too
    return str(value)


def refusal_of(column: Column) -> Refusal:
    """A function that says why a text is no value of the column; None where it is one."""
    base, _, within = column.type.partition("(")
    if base in WHOLE:
        return _whole(WHOLE[base])
    if base in ("real", "double precision"):
        return _real if base == "real" else _double
    if base == "numeric":
        return _numeric(within.rstrip(")"))
    if base == "boolean":
        return lambda text: None if BOOLEANS.fullmatch(text.strip()) else "no boolean"
    if column.is_time:
        return _time
    return _bounded(column.length) if column.length else lambda _: None


def _whole(bound: int) -> Refusal:
    def refuse(text: str) -> str | None:
        if not re.fullmatch(r"\s*[+-]?[0-9]+\s*", text):
            return "no whole number"
        return None if -bound <= int(text) < bound else "a whole number out of the type's range"

    return refuse


def _double(text: str) -> str | None:
    try:
        return None if math.isfinite(float(text)) else "a number out of the type's range"
    except ValueError:
        return "no number"


def _real(text: str) -> str | None:
    if reason := _double(text):
        return reason
    size = abs(float(text))
    return None if size == 0 or SMALLEST_REAL / 2 < size <= GREATEST_REAL else "a number out of the type's range"


def _numeric(within: str) -> Refusal:
    digits = [int(part) for part in within.split(",") if part]

    def refuse(text: str) -> str | None:
        try:
            number = Decimal(text.strip())
            if not digits:
                return None
            scale = digits[1] if len(digits) > 1 else 0
            rounded = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        except InvalidOperation:
            return "no number of the type's precision"
        return None if abs(rounded) < Decimal(10) ** (digits[0] - scale) else "a number out of the type's range"

    return refuse


def _time(text: str) -> str | None:
    """The extract has seen to the form; here to the calendar."""
    try:
        datetime.fromisoformat(re.sub(r" (?=[+-]\d)", "", text))
    except ValueError:
        return "no time of the calendar"
    return None


def _bounded(length: int) -> Refusal:
    return lambda text: None if len(text.rstrip(" ")) <= length else "longer than the column"
