"""Words that several commands take."""

from typing import Annotated

import typer

DatasetId = Annotated[str, typer.Argument(help="Id of a dataset: the stem of its catalog file.")]
BatchId = Annotated[int, typer.Argument(help="Id of a batch, as status and the run log show it.")]
OnlyDataset = Annotated[str | None, typer.Option(help="Only this dataset.")]
OnlyBatch = Annotated[int | None, typer.Option(help="Only this batch.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with your name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
