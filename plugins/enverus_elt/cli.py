"""`enverus …`: thin commands over the catalog, the warehouse's schema and its run log.

Exit codes: 0 done, 1 a check found something, 2 the command's words are wrong, 3 the work failed.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from dotenv import dotenv_values

from enverus_elt.catalog import Dataset, dataset_ids, load_catalog, load_dataset
from enverus_elt.errors import EltError
from enverus_elt.paths import ROOT

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Load Enverus data into PostGIS.")
table_app = typer.Typer(no_args_is_help=True, help="The tables of a dataset.")
quarantine_app = typer.Typer(no_args_is_help=True, help="Rows that could not be loaded.")
suite_app = typer.Typer(no_args_is_help=True, help="The expectations of a dataset.")
app.add_typer(table_app, name="table")
app.add_typer(suite_app, name="suite")
app.add_typer(quarantine_app, name="quarantine")

DatasetId = Annotated[str, typer.Argument(help="Id of a dataset: the stem of its catalog file.")]
BatchId = Annotated[int, typer.Argument(help="Id of a batch, as status and the run log show it.")]
OnlyDataset = Annotated[str | None, typer.Option(help="Only this dataset.")]
OnlyBatch = Annotated[int | None, typer.Option(help="Only this batch.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
SANDBOX_ENVIRONMENT = ROOT / ".sandbox" / "stack.env"


@app.callback()
def main(
    env_file: Annotated[
        Path | None,
        typer.Option(
            envvar="ENVERUS_ENV_FILE",
            help="File with AIRFLOW_CONN_… lines; without it the environment, then the running sandbox.",
        ),
    ] = None,
) -> None:
    """Find the connections before any command runs; what the environment says already stays."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")  # a command prints its answer alone
    path = env_file or (SANDBOX_ENVIRONMENT if SANDBOX_ENVIRONMENT.is_file() else None)
    if path is None:
        return
    if not path.is_file():
        raise typer.BadParameter(f"{path} is not a file", param_hint="--env-file")
    for name, value in dotenv_values(path, interpolate=False).items():
        if value is not None and name.startswith("AIRFLOW"):
            os.environ.setdefault(name, value)


@app.command()
def check() -> None:
    """Check catalog, marts, migrations and expectation suites; print every mistake."""
    from enverus_elt.checks import find_mistakes  # noqa: PLC0415

    with _one_line_errors():
        mistakes = find_mistakes()
    for mistake in mistakes:
        typer.echo(mistake, err=True)
    if mistakes:
        raise typer.Exit(1)
    typer.echo(f"{len(dataset_ids())} datasets, no mistakes")


@app.command(name="list")
def list_datasets(as_json: AsJson = False) -> None:
    """List the datasets of the catalog."""
    with _one_line_errors():
        _print([_summary(dataset) for dataset in load_catalog()], as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show each dataset's last committed load."""
    with _one_line_errors(), _warehouse() as conn:
        from enverus_elt.sql import render  # noqa: PLC0415

        _print(conn.execute(render("ops/select_status.sql")).fetchall(), as_json)


@app.command()
def migrate() -> None:
    """Bring the warehouse's schema up to date, as its owner (connection 'warehouse_owner')."""
    with _one_line_errors():
        from enverus_elt.hooks.connections import WAREHOUSE_OWNER  # noqa: PLC0415
        from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415
        from enverus_elt.marts import load_marts  # noqa: PLC0415
        from enverus_elt.schema.migrate import migrate as apply  # noqa: PLC0415

        with _warehouse(WAREHOUSE_OWNER) as conn:
            done = apply(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
    for name in (*done.migrations, *(f"marts.{mart}" for mart in done.marts)):
        typer.echo(f"applied {name}")
    for mart in done.dropped:
        typer.echo(f"dropped marts.{mart}, for its file is gone")
    typer.echo("the warehouse is up to date")


@app.command()
def replay(dataset_id: DatasetId, batch_id: BatchId) -> None:
    """Load a batch again from its objects, after a fix; newer rows of core stay as they are."""
    with _one_line_errors(), _warehouse() as conn:
        from airflow.sdk.configuration import conf  # noqa: PLC0415

        from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415
        from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415
        from enverus_elt.steps.replay import replay as again  # noqa: PLC0415

        docs = f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/warehouse/data-docs"
        dataset = load_dataset(dataset_id)
        done = again(conn, sqlalchemy_url(), object_store(), dataset, batch_id, docs_base_url=docs)
    counts = {"quarantined": done.staged.quarantined, **done.merged._asdict()}
    typer.echo(f"batch {done.batch_id}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))


@quarantine_app.command(name="list")
def list_quarantine(dataset_id: OnlyDataset = None, batch_id: OnlyBatch = None, as_json: AsJson = False) -> None:
    """Count quarantined rows by batch, column and reason."""
    with _one_line_errors(), _warehouse() as conn:
        from enverus_elt.sql import render  # noqa: PLC0415

        facts = {"dataset": dataset_id, "batch_id": batch_id}
        _print(conn.execute(render("ops/select_quarantine.sql"), facts).fetchall(), as_json)


@quarantine_app.command(name="export")
def export_quarantine(dataset_id: DatasetId, batch_id: OnlyBatch = None) -> None:
    """Print quarantined rows as JSON lines: reason, object, line, and the row as it came."""
    with _one_line_errors(), _warehouse() as conn, conn.transaction(), conn.cursor(name="quarantine") as rows:
        from enverus_elt.sql import render  # noqa: PLC0415

        rows.execute(render("ops/select_quarantined_rows.sql"), {"dataset": dataset_id, "batch_id": batch_id})
        for row in rows:
            typer.echo(json.dumps(row, default=str, ensure_ascii=False))


@table_app.command()
def plan(dataset_id: DatasetId) -> None:
    """Write the numbered migration that creates a dataset's tables."""
    from enverus_elt.schema.migration_files import plan as write  # noqa: PLC0415

    with _one_line_errors():
        path = write(load_dataset(dataset_id))
    typer.echo(f"wrote {path.relative_to(ROOT)}" if path else f"{dataset_id} has its tables in a migration already")


@suite_app.command(name="write")
def write_suite(dataset_id: DatasetId) -> None:
    """Write the part of a dataset's suite that follows from the catalog; hand-written expectations stay."""
    from enverus_elt.suites import write  # noqa: PLC0415

    with _one_line_errors():
        path = write(load_dataset(dataset_id))
    typer.echo(f"wrote {path.relative_to(ROOT)}")


def _summary(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.id,
        "dag": dataset.dag_id,
        "columns": len(dataset.columns) + len(dataset.geometry),
        "load": dataset.load.mode.value,
        "history": dataset.load.history.value,
        "schedule": f"{dataset.schedule.cron} {dataset.schedule.timezone}",
        "owner": dataset.owner,
    }


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, default=str, indent=2))
        return
    if not rows:
        typer.echo("nothing yet")
        return
    texts = [[str("" if value is None else value) for value in row.values()] for row in rows]
    heads = [name.replace("_", " ") for name in rows[0]]
    widths = [max(map(len, column)) for column in zip(heads, *texts, strict=True)]
    for line in (heads, *texts):
        typer.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def _warehouse(conn_id: str = "warehouse") -> Iterator[Any]:
    # Airflow and its providers take a second to import; commands that only read files do not pay for it.
    from enverus_elt.hooks.failures import translated  # noqa: PLC0415
    from enverus_elt.hooks.warehouse import connect  # noqa: PLC0415

    with translated("the warehouse"), connect(conn_id, application="enverus") as conn:
        yield conn


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except EltError as error:
        typer.echo(str(error), err=True)
        sys.exit(3)
