"""Commands that load: again from objects, again from the source, or past a guard."""

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from enverus_elt.catalog import load_dataset
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import BatchId, DatasetId, Reason
from enverus_elt.cli.output import one_line_errors, progress
from enverus_elt.cli.resources import one, place, warehouse
from enverus_elt.errors import TerminalError

if TYPE_CHECKING:
    from enverus_elt.steps.load import Loaded

Moment = Annotated[datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="A time, in UTC.")]


@app.command()
def replay(dataset_id: DatasetId, batch_id: BatchId) -> None:
    """Load a batch again from its objects, after a fix; newer rows of core stay as they are."""
    with one_line_errors(), place() as where:
        from enverus_elt.steps.replay import replay as again  # noqa: PLC0415

        done = again(where, load_dataset(dataset_id), batch_id)
    typer.echo(_sentence(done))


@app.command()
def backfill(
    dataset_id: DatasetId,
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")],
    days: Annotated[int | None, typer.Option(min=1, help="Days a batch; without it one batch for all.")] = None,
    again: Annotated[bool, typer.Option(help="Load windows once more that have been backfilled already.")] = False,
) -> None:
    """Read again what the source changed in a window; the watermark and the schedule stay as they are.

    A backfill that was interrupted goes on where it stopped when the same command is given again.
    """
    with one_line_errors(), place() as where, progress():
        from enverus_elt.steps.backfill import slices  # noqa: PLC0415
        from enverus_elt.steps.load import load_from_source  # noqa: PLC0415

        dataset = load_dataset(dataset_id)
        window = (since.replace(tzinfo=UTC), until.replace(tzinfo=UTC))
        mark = f"_{datetime.now(UTC):%Y%m%dT%H%M%S.%f}" if again else ""
        for run_id, request in slices(*window, timedelta(days=days) if days else None):
            typer.echo(_sentence(load_from_source(where, dataset, run_id + mark, request)))


@app.command()
def reseed(dataset_id: DatasetId) -> None:
    """Read the whole dataset again and make core equal to it; rows that the source no longer has are deleted softly.

    A reseed that was interrupted goes on where it stopped when the same command is given again.
    """
    with one_line_errors(), place() as where, progress():
        from enverus_elt.steps.backfill import reseed_run_id  # noqa: PLC0415
        from enverus_elt.steps.batch import LoadKind  # noqa: PLC0415
        from enverus_elt.steps.load import load_from_source  # noqa: PLC0415
        from enverus_elt.steps.opening import LoadRequest  # noqa: PLC0415

        dataset = load_dataset(dataset_id)
        run_id = reseed_run_id(where.conn, dataset)
        typer.echo(_sentence(load_from_source(where, dataset, run_id, LoadRequest(LoadKind.RESEED))))


@app.command()
def load(
    dataset_id: DatasetId,
    initial: Annotated[bool, typer.Option("--initial", help="The first load of an empty table.")] = False,
) -> None:
    """Load a dataset for the first time; its indexes are built after its rows.

    A load that was interrupted, or waits for a signature, goes on when the same command is given again.
    """
    with one_line_errors(), place() as where, progress():
        from enverus_elt.steps.backfill import initial_run_id  # noqa: PLC0415
        from enverus_elt.steps.load import load_from_source  # noqa: PLC0415
        from enverus_elt.steps.opening import LoadRequest  # noqa: PLC0415

        if not initial:
            raise TerminalError("say --initial: later loads are the DAG's, or those of 'backfill' and 'reseed'")
        dataset = load_dataset(dataset_id)
        run_id = initial_run_id(where.conn, dataset)
        done = load_from_source(where, dataset, run_id, LoadRequest())
    typer.echo(_sentence(done))


@app.command()
def accept(
    dataset_id: DatasetId,
    batch_id: BatchId,
    reason: Reason,
    by: Annotated[str | None, typer.Option(help="Who decides; without it, you.")] = None,
) -> None:
    """Let a batch pass that was held for its volume; then clear its failed task, or run the command again."""
    facts = {"dataset": dataset_id, "batch_id": batch_id, "reason": reason, "by": by or getpass.getuser()}
    with one_line_errors(), warehouse() as conn:
        if one(conn, "ops/accept_batch.sql", facts) is None:
            raise TerminalError(f"{dataset_id}: there is no batch {batch_id} that waits for anything")
    typer.echo(f"batch {batch_id} of {dataset_id} may pass: {facts['by']}, {reason}")


def _sentence(done: "Loaded") -> str:
    counts = {"quarantined": done.staged.quarantined, **done.merged._asdict()}
    note = " (loaded before)" if done.before else ""
    return f"batch {done.batch_id}{note}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())
