"""The demo's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sandbox.airflow_settings import ui_url
from sandbox.oracle import Expected
from sandbox.stack import Stack
from sandbox.warehouse import RunLog, Standing

COUNTS = ("extracted", "inserted", "updated", "unchanged", "removed", "quarantined", "failed_expectations")
TITLES = ("extracted", "inserted", "updated", "unchanged", "deleted", "quarantined", "failed expectations")


def print_loads(console: Console, vintage: str, loads: Sequence[RunLog]) -> None:
    table = Table(title=f"Published in {vintage}", title_justify="left")
    table.add_column("dataset")
    for title in (*TITLES, "seconds"):
        table.add_column(title, justify="right")
    for load in loads:
        numbers = [f"{getattr(load, name):,}" for name in COUNTS]
        table.add_row(load.dataset, *numbers, f"{load.seconds:.1f}")
    console.print(table)


def print_docs(console: Console, loads: Sequence[RunLog]) -> None:
    """Where the evidence of each batch opens: Data Docs, profile and map."""
    console.print("\nWhat QA reads of each batch, and beside it profile.html and map.html")
    for load in loads:
        if load.docs_url:
            console.print(f"{load.dataset}: {load.docs_url}", soft_wrap=True, highlight=False)


def print_core(console: Console, standings: Mapping[str, Standing], expected: Mapping[str, Expected]) -> None:
    table = Table(title="Where core stands", title_justify="left")
    table.add_column("dataset")
    for title in ("live rows", "source rows", "all rows"):
        table.add_column(title, justify="right")
    table.add_column("bounding box")
    for dataset, standing in standings.items():
        counts = (standing.live, expected[dataset].live_after, standing.total)
        table.add_row(dataset, *(f"{number:,}" for number in counts), standing.box or "-")
    console.print(table)


def print_verdict(console: Console, wrong: Sequence[str]) -> None:
    if not wrong:
        console.print("[bold green]every number adds up against the source files[/]")
    for line in wrong:
        console.print(f"[bold red]wrong:[/] {escape(line)}", soft_wrap=True, highlight=False)


def print_access(console: Console, stack: Stack) -> None:
    address, password = ui_url(stack.settings), stack.settings.secrets["ui_admin"]
    text = f"`make up` starts it again and keeps it running: {address}, login admin, password {password}"
    console.print(text, soft_wrap=True, highlight=False)
