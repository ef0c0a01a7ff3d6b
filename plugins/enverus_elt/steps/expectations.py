"""Runs one suite over one table with Great Expectations and renders its Data Docs.

Imported by the validate step alone: Great Expectations takes seconds to import.
"""

import json
import os
from typing import Any, NamedTuple

from sqlalchemy.engine import URL

from enverus_elt.errors import TransientError

# Must be settled before Great Expectations is imported: no word leaves the machine.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import geoalchemy2  # noqa: F401 - teaches SQLAlchemy the type geometry; without it every column check fails
import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import TestConnectionError

from enverus_elt.steps.data_docs import render_page

# Counts are enough to judge; a sample of the unexpected values would cost a query each and show data.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


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


def run_suite(url: URL, suite: dict[str, Any], table: str, heading: str) -> Outcome:
    """Evaluate every expectation of ``suite`` on ``staging.<table>``.

    Raises TransientError when one could not be evaluated: the connection, not the data, is at fault.
    """
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)  # a log is no place for them
    try:
        checkpoint = _checkpoint(context, url, suite, table)
    except TestConnectionError as error:
        cause = getattr(error.__cause__, "orig", None) or type(error.__cause__).__name__
        raise TransientError(f"{suite['name']}: cannot reach the warehouse: {_first_line(cause)}") from None
    (result,) = checkpoint.run().run_results.values()
    for item in result.results:
        if reason := _exception(item.exception_info):
            kind = item.expectation_config.type
            raise TransientError(f"{suite['name']}: {kind} could not be evaluated on staging.{table}: {reason}")
    failures = [_failure(item) for item in result.results if not item.success]
    summary = f"{len(result.results) - len(failures)} of {len(result.results)} expectations are met."
    record = json.dumps(result.to_json_dict(), indent=2)
    return Outcome(len(result.results), failures, render_page(result, heading, summary), record)


def _checkpoint(context: Any, url: URL, suite: dict[str, Any], table: str) -> Any:
    # The schema comes from the connection: Great Expectations no longer takes one for a table.
    session = f"{url.query['options']} -c search_path=staging,public"
    dsn = url.update_query_dict({"options": session}).render_as_string(hide_password=False)
    source = context.data_sources.add_postgres("warehouse", connection_string=dsn)
    asset = source.add_table_asset(name=table, table_name=table)
    definition = gx.ValidationDefinition(
        name=table,
        data=asset.add_batch_definition_whole_table("batch"),
        suite=context.suites.add(gx.ExpectationSuite(name=suite["name"], expectations=suite["expectations"])),
    )
    definition = context.validation_definitions.add(definition)
    return context.checkpoints.add(
        gx.Checkpoint(name=table, validation_definitions=[definition], result_format=RESULT_FORMAT)
    )


def _exception(info: Any) -> str | None:
    """The first error of an expectation that could not be evaluated; GX nests them by metric."""
    if not isinstance(info, dict):
        return None
    if "raised_exception" in info:
        return _first_line(info.get("exception_message")) if info["raised_exception"] else None
    return next((reason for inner in info.values() if (reason := _exception(inner))), None)


def _first_line(message: Any) -> str:
    return (str(message).strip().splitlines() or ["no message"])[0]


def _failure(item: Any) -> Failure:
    config = item.expectation_config
    severity = getattr(config.severity, "value", config.severity) or "critical"
    return Failure(config.type, config.kwargs.get("column"), str(severity), item.result.get("unexpected_count"))
