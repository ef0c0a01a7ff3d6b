"""A suite's file as an expectation suite, or what is wrong with it: file, expectation and argument."""

from collections.abc import Iterator
from typing import Any

import great_expectations as gx
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.exceptions import ExpectationNotFoundError
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_expectation_impl

from enverus_elt.errors import CatalogError

PARTS = {"type", "kwargs", "meta", "severity", "description", "notes"}


def build(suite: dict[str, Any]) -> gx.ExpectationSuite:
    """The suite of a file's content; raises CatalogError with a line for each expectation that cannot be meant.

    Great Expectations itself would leave such an expectation out, log that, and judge the batch without it.
    """
    mistakes: list[str] = []
    expectations = []
    for number, item in enumerate(suite["expectations"], start=1):
        try:
            expectations.append(_expectation(item))
        except (ExpectationNotFoundError, ValidationError, TypeError, ValueError) as error:
            where = f"{suite['name']}.json: expectation {number}, {item.get('type')}"
            mistakes += (f"{where}: {reason}" for reason in _reasons(error))
    if mistakes:
        raise CatalogError("\n".join(mistakes))
    return gx.ExpectationSuite(name=suite["name"], expectations=expectations)


def _expectation(item: dict[str, Any]) -> Expectation:
    if unknown := item.keys() - PARTS:
        raise ValueError(f"an expectation has no {', '.join(sorted(unknown))}")
    if not isinstance(item.get("type"), str) or not isinstance(item.get("kwargs"), dict):
        raise TypeError("an expectation has a type, a text, and kwargs, an object")
    described = {name: value for name, value in item.items() if name not in ("type", "kwargs")}
    return get_expectation_impl(item["type"])(**item["kwargs"], **described)


def _reasons(error: Exception) -> Iterator[str]:
    if isinstance(error, ExpectationNotFoundError):
        yield "there is no such expectation"
    elif isinstance(error, ValidationError):
        for fault in error.errors():
            yield f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
    else:
        yield str(error).splitlines()[0]
