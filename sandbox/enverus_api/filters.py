r"""Filter expressions: `eq() gt() ge() lt() le() btw(a,b) in(a,b) null not(null)`; a bare value is equality.

`\,` escapes a comma. Dates compare at date grain: the time of day counts on neither side. A missing value,
which the wire spells null or "NULL", meets no comparison, only `null`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from math import isfinite
from typing import Any

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.schema import MISSING_TEXT, Kind

Predicate = Callable[[Any], bool]
Operand = str | int | float | bool

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_CALL = re.compile(r"(?P<function>[a-z]+)\((?P<arguments>.*)", re.IGNORECASE | re.DOTALL)
_COMMA = re.compile(r"(?<!\\),")
_INTEGER = re.compile(r"[+-]?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_filter(expression: str, kind: Kind) -> Predicate:
    """Compile one expression on a column; raises ApiError 400 where it is none."""
    if expression.lower() == "null":
        return is_missing
    call = _CALL.fullmatch(expression)
    if call is None:
        return _comparison(operator.eq, _operand(_unescape(expression), kind), kind)
    if not call["arguments"].endswith(")"):
        raise ApiError(400, f"unbalanced parentheses in {expression!r}")
    function, arguments = call["function"].lower(), call["arguments"][:-1]
    if function == "not":
        return _not_null(arguments)
    return _compile_call(function, [_unescape(part) for part in _COMMA.split(arguments)], kind)


def is_missing(value: Any) -> bool:
    return value is None or value == MISSING_TEXT


def _not_null(argument: str) -> Predicate:
    if argument.lower() != "null":
        raise ApiError(400, f"not() takes null, not {argument!r}")
    return lambda value: not is_missing(value)


def _compile_call(function: str, arguments: list[str], kind: Kind) -> Predicate:
    operands = [_operand(argument, kind) for argument in arguments]
    if function in _COMPARISONS and len(operands) == 1:
        return _comparison(_COMPARISONS[function], operands[0], kind)
    if function == "btw" and len(operands) == 2:
        low, high = _comparison(operator.ge, operands[0], kind), _comparison(operator.le, operands[1], kind)
        return lambda value: low(value) and high(value)
    if function == "in":
        return _comparison(lambda value, wanted: value in wanted, frozenset(operands), kind)
    raise ApiError(400, f"no filter {function}() of {len(arguments)} values")


def _comparison(compare: Callable[[Any, Any], bool], operand: Any, kind: Kind) -> Predicate:
    """A test that no value of another type than the column's can meet."""
    types = (int, float) if kind in {Kind.INTEGER, Kind.NUMBER} else str
    if kind is Kind.BOOLEAN:
        return lambda value: isinstance(value, bool) and compare(value, operand)
    if kind is Kind.TIMESTAMP:
        return lambda value: isinstance(value, str) and value != MISSING_TEXT and compare(value[:10], operand)
    return lambda value: isinstance(value, types) and value != MISSING_TEXT and compare(value, operand)


def _operand(text: str, kind: Kind) -> Operand:
    """The value to compare with; raises ApiError 400 where the text is not of the column's type."""
    try:
        return _convert(text.strip(), kind)
    except ValueError:
        raise ApiError(400, f"{text!r} is not a {kind.value}") from None


def _convert(text: str, kind: Kind) -> Operand:
    if kind is Kind.INTEGER:
        if not _INTEGER.fullmatch(text):
            raise ValueError(text)
        return int(text)
    if kind is Kind.NUMBER:
        value = float(text)
        if not isfinite(value):
            raise ValueError(text)
        return value
    if kind is Kind.BOOLEAN:
        return _to_truth(text)
    if kind is Kind.TIMESTAMP:
        return _to_date(text)
    return text


def _to_truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _to_date(text: str) -> str:
    if not _DATE.match(text):
        raise ValueError(text)
    datetime.fromisoformat(text)
    return text[:10]


def _unescape(text: str) -> str:
    return text.replace("\\,", ",")
