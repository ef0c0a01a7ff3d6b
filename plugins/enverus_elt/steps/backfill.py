"""Run ids by which loads that a person started are found again when they are started once more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from enverus_elt.catalog import Dataset
from enverus_elt.errors import TerminalError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import LoadKind
from enverus_elt.steps.opening import LoadRequest

INITIAL = "initial"


def slices(low: datetime, high: datetime, length: timedelta | None) -> Iterator[tuple[str, LoadRequest]]:
    """The window in slices of a length, the last one shorter; the same window always has the same run ids."""
    start = low
    while True:
        end = min(start + length, high) if length else high
        yield f"backfill_{start:%Y%m%dT%H%M%S}_{end:%Y%m%dT%H%M%S}", LoadRequest(LoadKind.BACKFILL, start, end)
        if end >= high:
            return
        start = end


def reseed_run_id(conn: Warehouse, dataset: Dataset) -> str:
    """The reseed that has not been finished, or a new one."""
    row = conn.execute(render("ops/select_unfinished_reseed.sql"), {"dataset": dataset.id}).fetchone()
    return str(row["airflow_run_id"]) if row else f"reseed_{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"


def initial_run_id(conn: Warehouse, dataset: Dataset) -> str:
    """The run of a dataset's first load; raises TerminalError where another load came before it."""
    row = conn.execute(render("ops/select_first_load.sql"), {"dataset": dataset.id}).fetchone()
    if row and row["airflow_run_id"] != INITIAL:
        raise TerminalError(
            f"{dataset.id}: batch {row['batch_id']} has loaded it before: use 'enverus reseed {dataset.id}'"
        )
    return INITIAL
