"""The command that brings a dataset into the catalog from what the vendor says of it now."""

from typing import Annotated

import typer

from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson
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


@app.command()
def new(
    dataset_id: Annotated[str, typer.Argument(help="Id of the new dataset: the stem of its catalog file.")],
    *,
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
    """Write the catalog file and the suite of a new dataset from the vendor's live DDL."""
    from enverus_elt.hooks.enverus import enverus_session  # noqa: PLC0415
    from enverus_elt.onboarding.datasets import Folders  # noqa: PLC0415
    from enverus_elt.onboarding.decisions import Decisions  # noqa: PLC0415
    from enverus_elt.onboarding.vendor_schema import draft_from_ddl, refuse_known  # noqa: PLC0415
    from enverus_elt.onboarding.writing import write_together  # noqa: PLC0415
    from enverus_elt.sources.enverus import vendor_ddl  # noqa: PLC0415

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
        refuse_known(dataset_id, Folders())
        with enverus_session() as session:
            ddl = vendor_ddl(session, path or dataset_id)
        draft = draft_from_ddl(dataset_id, ddl, decisions, Folders())
        if not dry_run:
            write_together(draft.files)
    show_drafts([draft], [], draft.files, dry_run, as_json)
