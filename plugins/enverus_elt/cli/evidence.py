"""Commands over what was signed, and over the documents it was signed on."""

from datetime import timedelta
from typing import Annotated

import typer

from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson, OnlyDataset
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import place, rows, warehouse

docs_app = typer.Typer(no_args_is_help=True, help="Data Docs and the rest of the evidence.")
app.add_typer(docs_app, name="docs")

KEEP_DAYS = 400


@app.command()
def signoffs(dataset_id: OnlyDataset = None, as_json: AsJson = False) -> None:
    """List the batches that wait for a signature, and the signatures that were given or refused."""
    with one_line_errors(), warehouse() as conn:
        show(rows(conn, "ops/select_signoffs.sql", {"dataset": dataset_id}), as_json)


@docs_app.command()
def prune(
    days: Annotated[int, typer.Option(min=1, help="How long documents are kept.")] = KEEP_DAYS,
    really: Annotated[bool, typer.Option("--really", help="Delete them; without it they are only counted.")] = False,
) -> None:
    """Delete documents of old batches; those that somebody signed, and the newest of a dataset, stay for ever."""
    from enverus_elt.steps.retention import old_evidence, prune_evidence  # noqa: PLC0415 - not for `enverus --help`

    keep = timedelta(days=days)
    with one_line_errors(), place() as where:
        if really:
            typer.echo(f"deleted the documents of {prune_evidence(where.conn, where.store, keep):,} batches")
        else:
            typer.echo(
                f"the documents of {len(old_evidence(where.conn, keep)):,} batches may go; --really deletes them"
            )
