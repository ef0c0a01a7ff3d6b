"""Commands over the difference between the catalog's fields and the source's."""

import typer

from enverus_elt.catalog import load_dataset
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson, DatasetId, OnlyDataset
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import rows, warehouse

drift_app = typer.Typer(no_args_is_help=True, help="Fields of the source that are not the catalog's.")
app.add_typer(drift_app, name="drift")


@drift_app.command(name="list")
def list_drift(dataset_id: OnlyDataset = None, as_json: AsJson = False) -> None:
    """List fields that loads found to have drifted, with the batches that saw it first and last."""
    with one_line_errors(), warehouse() as conn:
        show(rows(conn, "ops/select_drift.sql", {"dataset": dataset_id}), as_json)


@drift_app.command()
def diff(dataset_id: DatasetId, as_json: AsJson = False) -> None:
    """Compare the catalog with the vendor's live DDL; exits with 1 where they differ."""
    with one_line_errors():
        from enverus_elt.catalog.vendor_ddl import differences  # noqa: PLC0415

        found = differences(load_dataset(dataset_id), _ddl(dataset_id))
    if not found and not as_json:
        typer.echo(f"{dataset_id}: the catalog and the vendor's DDL agree")
        return
    show([difference._asdict() for difference in found], as_json)
    if found:
        raise typer.Exit(1)


@drift_app.command()
def patch(dataset_id: DatasetId) -> None:
    """Propose the vendor's new fields as columns: a patch of the catalog file, for review and 'git apply'."""
    with one_line_errors():
        from enverus_elt.catalog.vendor_ddl import propose  # noqa: PLC0415
        from enverus_elt.paths import CATALOG  # noqa: PLC0415

        text = (CATALOG / f"{dataset_id}.yaml").read_text(encoding="utf-8")
        typer.echo(propose(load_dataset(dataset_id), _ddl(dataset_id), text), nl=False)


def _ddl(dataset_id: str) -> str:
    from enverus_elt.hooks.enverus import enverus_session  # noqa: PLC0415
    from enverus_elt.sources.enverus import EnverusSource  # noqa: PLC0415

    with enverus_session() as session:
        return EnverusSource(session, load_dataset(dataset_id)).ddl()
