"""Options that say of a new dataset what neither a workbook nor the vendor's DDL tells."""

from typing import Annotated

import typer

from enverus_elt.catalog import History, LoadMode

Title = Annotated[str | None, typer.Option(help="A new dataset's title.")]
Description = Annotated[str | None, typer.Option(help="What a row of a new dataset is.")]
Owner = Annotated[str | None, typer.Option(help="Who owns a new dataset's DAG.")]
ApiPath = Annotated[str | None, typer.Option("--path", help="Below the API's base URL; else the dataset's id.")]
PageSize = Annotated[int | None, typer.Option(min=1, max=100_000, help="Rows a page, 1 to 100,000.")]
Mode = Annotated[LoadMode | None, typer.Option(help="What a run of a new dataset reads.")]
Kept = Annotated[History | None, typer.Option("--history", help="Whether core keeps what a row was before.")]
Cron = Annotated[str | None, typer.Option(help="When a new dataset is loaded: a cron expression.")]
Timezone = Annotated[str | None, typer.Option(help="The time zone of --cron.")]
SlaHours = Annotated[int | None, typer.Option(min=1, help="How many hours old a new dataset's last load may be.")]
Cursor = Annotated[str | None, typer.Option(help="The field with the time of a row's last change; else UpdatedDate.")]
Deleted = Annotated[str | None, typer.Option(help="The field with the time of its deletion; else DeletedDate, if any.")]
