"""The command that writes the team's tracker."""

from pathlib import Path
from typing import Annotated

import typer

from enverus_elt.catalog import load_catalog
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import rows, warehouse

tracker_app = typer.Typer(no_args_is_help=True, help="How far each dataset has come.")
app.add_typer(tracker_app, name="tracker")


@tracker_app.command()
def export(
    output: Annotated[Path | None, typer.Option(help="The workbook to write (.xlsx); without it, a table.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell of each dataset when its schema, table, DAG and first load were done, its last load, and what is open."""
    if output is not None and output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{output} does not end in .xlsx", param_hint="--output")
    with one_line_errors(), warehouse() as conn:
        from enverus_elt.onboarding.spreadsheet import save  # noqa: PLC0415 - not for `enverus --help`
        from enverus_elt.onboarding.tracker import tracker_rows, tracker_workbook  # noqa: PLC0415

        found = tracker_rows(load_catalog(), rows(conn, "ops/select_tracker.sql"))
        if output is not None:
            save(tracker_workbook(found), output)
    if output is None or as_json:
        show(found, as_json)
    else:
        typer.echo(f"wrote {output}: {len(found)} datasets")
