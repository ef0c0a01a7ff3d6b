"""Words that several commands take."""

from typing import Annotated

import typer

from enverus_elt.catalog import dataset_ids


def complete_dataset(incomplete: str) -> list[str]:
    """The ids that begin so, for the shell's completion."""
    return [dataset_id for dataset_id in dataset_ids() if dataset_id.startswith(incomplete)]


DatasetId = Annotated[
    str, typer.Argument(help="Id of a dataset: the stem of its catalog file.", autocompletion=complete_dataset)
]
BatchId = Annotated[int, typer.Argument(help="Id of a batch, as status and the run log show it.")]
OnlyDataset = Annotated[str | None, typer.Option(help="Only this dataset.", autocompletion=complete_dataset)]
OnlyBatch = Annotated[int | None, typer.Option(help="Only this batch.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with your name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
