"""Commands that bring a dataset's schema into the catalog: from a workbook or from the vendor's live DDL."""

import json
from pathlib import Path
from typing import Annotated

import typer

from enverus_elt.catalog import ApiSource, dataset_ids, load_dataset
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson, complete_dataset
from enverus_elt.cli.drafts import DryRun, show_drafts
from enverus_elt.cli.onboarding_options import (
    ApiPath,
    Cron,
    Cursor,
    Deleted,
    Description,
    Kept,
    Mode,
    Owner,
    PageSize,
    SlaHours,
    Timezone,
    Title,
)
from enverus_elt.cli.output import one_line_errors, problems_as_json

schema_app = typer.Typer(no_args_is_help=True, help="Schemas of datasets, as workbooks that people write and review.")
app.add_typer(schema_app, name="schema")


@schema_app.command(name="import")
def import_schema(
    file: Annotated[Path, typer.Argument(help="A workbook (.xlsx) with a schema on each sheet.")],
    *,
    sheet: Annotated[list[str] | None, typer.Option(help="Only this sheet; more than once for several.")] = None,
    dataset_id: Annotated[
        str | None,
        typer.Option("--dataset", help="The dataset's id; else the sheet's name.", autocompletion=complete_dataset),
    ] = None,
    title: Title = None,
    description: Description = None,
    owner: Owner = None,
    path: ApiPath = None,
    page_size: PageSize = None,
    mode: Mode = None,
    history: Kept = None,
    cron: Cron = None,
    timezone: Timezone = None,
    sla_hours: SlaHours = None,
    cursor: Cursor = None,
    deleted: Deleted = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write catalog files and suites from a workbook; what is in the catalog already is kept and added to."""
    from enverus_elt.onboarding.datasets import Folders  # noqa: PLC0415 - not for `enverus --help`
    from enverus_elt.onboarding.decisions import Decisions  # noqa: PLC0415
    from enverus_elt.onboarding.workbook_import import read_workbook  # noqa: PLC0415
    from enverus_elt.onboarding.writing import write_together  # noqa: PLC0415

    decisions = Decisions(
        title=title,
        description=description,
        owner=owner,
        path=path,
        page_size=page_size,
        mode=mode,
        history=history,
        cron=cron,
        timezone=timezone,
        sla_hours=sla_hours,
        cursor=cursor,
        deleted=deleted,
    )
    with one_line_errors(), problems_as_json(as_json):
        found = read_workbook(file, sheet or [], dataset_id, decisions, Folders())
        if not dry_run:
            write_together(found.files)
    show_drafts(found.drafts, found.skipped, found.files, dry_run, as_json)


@schema_app.command(name="export")
def export_schema(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of datasets; without any all of the API.", autocompletion=complete_dataset),
    ] = None,
    *,
    output: Annotated[Path, typer.Option(help="The workbook to write (.xlsx).")],
    as_json: AsJson = False,
) -> None:
    """Write a workbook from the catalog, a sheet for each dataset, as 'schema import' reads it."""
    if output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{output} does not end in .xlsx", param_hint="--output")
    with one_line_errors(), problems_as_json(as_json):
        from enverus_elt.onboarding.schema_sheets import add_schema_sheet  # noqa: PLC0415 - not for `enverus --help`
        from enverus_elt.onboarding.spreadsheet import new_workbook, save  # noqa: PLC0415

        known = (load_dataset(name) for name in dict.fromkeys(datasets or dataset_ids()))
        chosen = [dataset for dataset in known if datasets or isinstance(dataset.source, ApiSource)]
        workbook = new_workbook()
        for dataset in chosen:
            add_schema_sheet(workbook, dataset)
        save(workbook, output)
    facts = {"written": str(output), "datasets": [dataset.id for dataset in chosen]}
    typer.echo(json.dumps(facts, indent=2) if as_json else f"wrote {output}: {', '.join(facts['datasets'])}")
