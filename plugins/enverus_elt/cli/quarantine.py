"""Commands over rows that could not be loaded."""

import getpass
import json
from typing import Annotated

import typer

from enverus_elt.catalog import load_dataset
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson, DatasetId, OnlyBatch, OnlyDataset, Reason
from enverus_elt.cli.output import one_line_errors, progress, show
from enverus_elt.cli.resources import place, rows, warehouse

quarantine_app = typer.Typer(no_args_is_help=True, help="Rows that could not be loaded.")
app.add_typer(quarantine_app, name="quarantine")


@quarantine_app.command(name="list")
def list_quarantine(
    dataset_id: OnlyDataset = None,
    batch_id: OnlyBatch = None,
    every: Annotated[bool, typer.Option("--all", help="Also rows that were released since.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count quarantined rows by batch, column and reason."""
    facts = {"dataset": dataset_id, "batch_id": batch_id, "every": every}
    with one_line_errors(), warehouse() as conn:
        show(rows(conn, "ops/select_quarantine.sql", facts), as_json)


@quarantine_app.command(name="export")
def export_quarantine(dataset_id: DatasetId, batch_id: OnlyBatch = None) -> None:
    """Print quarantined rows as JSON lines: reason, object, line, and the row as it came."""
    with one_line_errors(), warehouse() as conn, conn.transaction(), conn.cursor(name="quarantine") as found:
        from enverus_elt.sql import render  # noqa: PLC0415

        found.execute(render("ops/select_quarantined_rows.sql"), {"dataset": dataset_id, "batch_id": batch_id})
        for row in found:
            typer.echo(json.dumps(row, default=str, ensure_ascii=False))


@quarantine_app.command(name="replay")
def replay_quarantine(dataset_id: DatasetId) -> None:
    """Load every batch again that has open rows in quarantine, after a fix of the catalog or the tables."""
    with one_line_errors(), place() as where, progress():
        from enverus_elt.steps.replay import replay  # noqa: PLC0415

        dataset = load_dataset(dataset_id)
        batches = rows(where.conn, "ops/select_open_batches.sql", {"dataset": dataset_id})
        for row in batches:
            done = replay(where, dataset, row["batch_id"])
            loaded, bad = done.merged.inserted + done.merged.updated, done.staged.quarantined
            typer.echo(
                f"batch {row['batch_id']}, replayed as {done.batch_id}: {loaded:,} rows loaded, {bad:,} still bad"
            )
        if not batches:
            typer.echo(f"{dataset_id} has no open rows in quarantine")


@quarantine_app.command(name="waive")
def waive_quarantine(dataset_id: DatasetId, reason: Reason, batch_id: OnlyBatch = None) -> None:
    """Give up on quarantined rows: they are asked for no more and no longer hold the watermark."""
    facts = {"dataset": dataset_id, "batch_id": batch_id, "reason": f"waived by {getpass.getuser()}: {reason}"}
    with one_line_errors(), warehouse() as conn:
        released = rows(conn, "ops/waive_quarantine.sql", facts)
    typer.echo(f"{len(released):,} rows of {dataset_id} are waived")
