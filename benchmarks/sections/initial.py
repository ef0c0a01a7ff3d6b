"""The first load of a large table."""

from functools import partial
from typing import Any

from benchmarks.measure import Figure, Way
from benchmarks.measure import measure as run
from benchmarks.place import Place
from benchmarks.report import Section
from benchmarks.rows import Rows
from benchmarks.sections.delta import PIPELINE, Batches

TEXT = """Everything behind the extract, into an empty table whose indexes are built after its rows. 1.00 is the time
that a row takes in the small table; each is loaded once."""


def measure(place: Place, *tables: Batches) -> Section:
    """Each table by itself, the small one first."""
    figures = [Figure(way := _way(table), [run(place, way)]) for table in tables]
    notes = [_note(place, table, figure) for table, figure in zip(tables, figures, strict=True)]
    return Section("The first load", TEXT, figures, notes, per_row=True)


def _way(table: Batches) -> Way:
    arguments: dict[str, Any] = {"dataset_id": table.dataset.id}
    return Way(f"{table.size:,} rows", f"{PIPELINE}:load", table.size, arguments, partial(_extract, table, arguments))


def _extract(table: Batches, arguments: dict[str, Any]) -> None:
    arguments["batch_id"] = table.extracted(Rows(table.size))


def _note(place: Place, table: Batches, figure: Figure) -> str:
    steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in figure.value.items())
    disk = place.value(f"SELECT pg_total_relation_size('core.{table.dataset.table}')")
    bare = place.value(f"SELECT pg_table_size('core.{table.dataset.table}')")
    staged = place.value(
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
        f" WHERE inhparent = 'staging.{table.dataset.staging_table}'::regclass"
    )
    sizes = f"core {disk / 1e9:.2f} GB with its indexes ({bare / 1e9:.2f} without), staging {staged / 1e9:.2f} GB"
    return f"{figure.way.name}: {steps}; {sizes}, WAL {figure.wal_mb / 1000:.2f} GB."
