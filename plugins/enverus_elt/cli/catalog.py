"""Commands over the catalog's files; they need no server."""

import json
from typing import Any

import typer

from enverus_elt.catalog import Dataset, dataset_ids, load_catalog, load_dataset
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson, DatasetId
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.errors import CatalogError
from enverus_elt.paths import ROOT

table_app = typer.Typer(no_args_is_help=True, help="The tables of a dataset.")
suite_app = typer.Typer(no_args_is_help=True, help="The expectations of a dataset.")
app.add_typer(table_app, name="table")
app.add_typer(suite_app, name="suite")


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check catalog, marts, migrations and expectation suites; print every mistake."""
    from enverus_elt.checks import find_mistakes  # noqa: PLC0415

    with one_line_errors():
        mistakes = find_mistakes()
    if as_json:
        typer.echo(json.dumps({"datasets": len(dataset_ids()), "mistakes": mistakes}, indent=2))
    else:
        for mistake in mistakes:
            typer.echo(mistake, err=True)
    if mistakes:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{len(dataset_ids())} datasets, no mistakes")


@app.command(name="list")
def list_datasets(as_json: AsJson = False) -> None:
    """List the datasets of the catalog."""
    with one_line_errors():
        show([_summary(dataset) for dataset in load_catalog()], as_json)


@table_app.command()
def plan(dataset_id: DatasetId) -> None:
    """Write the numbered migration that creates a dataset's tables, or makes them what the catalog says by now.

    What would lose rows or values is refused with the reason.
    """
    from enverus_elt.schema.migration_files import plan as write  # noqa: PLC0415

    with one_line_errors():
        path = write(load_dataset(dataset_id))
    typer.echo(f"wrote {path.relative_to(ROOT)}" if path else f"{dataset_id}: its tables are in the migrations")


@table_app.command()
def apply(dataset_id: DatasetId) -> None:
    """Apply the migrations up to the dataset's own, as the warehouse's owner (connection 'warehouse_owner')."""
    with one_line_errors():
        from enverus_elt.cli.warehouse import bring_up_to_date  # noqa: PLC0415
        from enverus_elt.schema.migration_files import differences, planned_in  # noqa: PLC0415

        dataset = load_dataset(dataset_id)
        if planned_in(dataset) is None or differences(dataset):
            raise CatalogError(f"{dataset_id}: the catalog asks for a migration: run 'enverus table plan {dataset_id}'")
        bring_up_to_date()


@suite_app.command(name="write")
def write_suite(dataset_id: DatasetId) -> None:
    """Write the part of a dataset's suite that follows from the catalog; hand-written expectations stay."""
    from enverus_elt.suites import write  # noqa: PLC0415

    with one_line_errors():
        path = write(load_dataset(dataset_id))
    typer.echo(f"wrote {path.relative_to(ROOT)}")


def _summary(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.id,
        "dag": dataset.dag_id,
        "columns": len(dataset.columns) + len(dataset.geometry),
        "load": dataset.load.mode.value,
        "history": dataset.load.history.value,
        "schedule": dataset.due,
        "owner": dataset.owner,
    }
