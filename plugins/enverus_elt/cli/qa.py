"""The command that reviews a dataset's schema before its table is made."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from enverus_elt.catalog import load_dataset
from enverus_elt.cli.arguments import AsJson, DatasetId
from enverus_elt.cli.output import one_line_errors, problems_as_json, show
from enverus_elt.cli.schema import schema_app
from enverus_elt.paths import CATALOG


@schema_app.command()
def qa(
    dataset_id: DatasetId,
    *,
    xlsx: Annotated[Path | None, typer.Option(help="Write the report as a workbook too.")] = None,
    pages: Annotated[int, typer.Option(min=1, max=100, help="Pages of the source to look at, 1,000 rows each.")] = 5,
    offline: Annotated[bool, typer.Option("--offline", help="Look at the catalog alone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Review a schema: names, types, keys, lengths, units, geometry, against the source too; exits 1 at an error."""
    if xlsx is not None and xlsx.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{xlsx} does not end in .xlsx", param_hint="--xlsx")
    with one_line_errors(), problems_as_json(as_json), ExitStack() as stack:
        from enverus_elt.hooks.enverus import enverus_session  # noqa: PLC0415 - not for `enverus --help`
        from enverus_elt.onboarding.qa.review import facts, grouped, review, save_workbook  # noqa: PLC0415

        dataset = load_dataset(dataset_id)
        text = (CATALOG / f"{dataset_id}.yaml").read_text(encoding="utf-8")
        session = None if offline else stack.enter_context(enverus_session())
        found = review(dataset, text, session, pages)
        if xlsx is not None:
            save_workbook(found, xlsx)
    if as_json:
        typer.echo(json.dumps(facts(found), indent=2))
    else:
        typer.echo(found.summary)
        if found.findings:
            show(list(grouped(found.findings)), as_json=False)
    if found.failed:
        raise typer.Exit(1)
