"""Runs one suite over one table with Great Expectations and renders its Data Docs.

Imported by the validate step alone: Great Expectations takes seconds to import.
"""

import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple

import great_expectations as gx
import psycopg
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from great_expectations.exceptions import GreatExpectationsError
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from enverus_elt.errors import TransientError
from enverus_elt.expectations import build
from enverus_elt.expectations.hiding import hide
from enverus_elt.steps.data_docs import render_page

# Counts are enough to judge; a sample of the unexpected values would cost a query each and show data.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
DRIVER_ERROR = re.compile(r"\(psycopg\w*\.(?:errors\.)?(\w+)\) ([^\n]*)")


class Failure(NamedTuple):
    """An expectation that the batch does not meet."""

    expectation: str
    column: str | None
    severity: str
    unexpected: int | None

    def __str__(self) -> str:
        where = f" of {self.column}" if self.column else ""
        how_many = f" ({self.unexpected:,} rows)" if self.unexpected else ""
        return f"{self.severity}: {self.expectation}{where} failed{how_many}"


class Outcome(NamedTuple):
    """All that the suite found; ``page`` is for people, ``record`` the same as JSON for whoever keeps it."""

    evaluated: int
    failures: list[Failure]
    page: str
    record: str

    @property
    def counts(self) -> tuple[int, int]:
        """Expectations met, and not met."""
        return self.evaluated - len(self.failures), len(self.failures)


def run_suite(url: URL, suite: dict[str, Any], table: str, heading: str, sensitive: Collection[str] = ()) -> Outcome:
    """Evaluate every expectation of ``suite`` on ``staging.<table>``; no value of ``sensitive`` columns comes out.

    Raises CatalogError when the suite says something that cannot be meant, and TransientError when an expectation
    could not be evaluated: the connection, or what the database knows of its columns, is at fault and not the data.
    """
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)  # a log is no place for them
    expectations = build(suite)
    try:
        # Without a checkpoint, which would store suite, definition and result again and again to run them once.
        result = _batch(context, url, table).validate(context.suites.add(expectations), result_format=RESULT_FORMAT)
    except TestConnectionError as error:
        cause = getattr(error.__cause__, "orig", None) or type(error.__cause__).__name__
        raise TransientError(f"{suite['name']}: cannot reach the warehouse: {_first_line(cause)}") from None
    except (GreatExpectationsError, SQLAlchemyError) as error:
        raise TransientError(f"{suite['name']}: could not be evaluated on staging.{table}: {_safe(error)}") from None
    for item in result.results:
        if reason := _exception(item.exception_info):
            kind = item.expectation_config.type
            raise TransientError(f"{suite['name']}: {kind} could not be evaluated on staging.{table}: {reason}")
    result.meta["run_id"] = RunIdentifier(run_name=heading)
    hide(result, sensitive)
    failures = [_failure(item) for item in result.results if not item.success]
    summary = f"{len(result.results) - len(failures)} of {len(result.results)} expectations are met."
    record = json.dumps(result.to_json_dict(), indent=2)
    return Outcome(len(result.results), failures, render_page(result, heading, summary), record)


def _batch(context: Any, url: URL, table: str) -> Any:
    # The schema comes from the connection: Great Expectations no longer takes one for a table.
    session = f"{url.query['options']} -c search_path=staging,public"
    dsn = url.update_query_dict({"options": session}).render_as_string(hide_password=False)
    source = context.data_sources.add_postgres("warehouse", connection_string=dsn, kwargs={"hide_parameters": True})
    asset = source.add_table_asset(name=table, table_name=table)
    return asset.add_batch_definition_whole_table("batch").get_batch()


def _exception(info: Any) -> str | None:
    """The first error of an expectation that could not be evaluated; GX nests them by metric."""
    if not isinstance(info, dict):
        return None
    if "raised_exception" in info:
        return _safe(info.get("exception_message")) if info["raised_exception"] else None
    return next((reason for inner in info.values() if (reason := _exception(inner))), None)


def _safe(message: Any) -> str:
    """The reason in one line without data: of a value that the server refused, not even the server's own words."""
    if not (found := DRIVER_ERROR.search(str(message))):
        return _first_line(message)
    kind = getattr(psycopg.errors, found[1], None)
    refused_value = str(getattr(kind, "sqlstate", None) or "").startswith("22")
    return found[1] if refused_value else f"{found[1]}: {found[2]}"


def _first_line(message: Any) -> str:
    return (str(message).strip().splitlines() or ["no message"])[0]


def _failure(item: Any) -> Failure:
    config = item.expectation_config
    severity = getattr(config.severity, "value", config.severity) or "critical"
    return Failure(config.type, config.kwargs.get("column"), str(severity), item.result.get("unexpected_count"))
