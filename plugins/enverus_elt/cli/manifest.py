"""Commands for who hands in files: check and submit a delivery, see what became of it, hand it in again."""

import json
from pathlib import Path
from typing import Annotated

import typer

from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import rows, warehouse

manifest_app = typer.Typer(no_args_is_help=True, help="Files by manifest: the landing zone's side.")
app.add_typer(manifest_app, name="manifest")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The manifest.")]
Batch = Annotated[str, typer.Argument(help="Id of a batch: what its manifest is called.")]
OnlyBatch = Annotated[str | None, typer.Argument(help="Only this batch.")]
FOLDER_HELP = "Folder with the delivery's files: what becomes <batch_id>/ in the landing zone."


@manifest_app.command()
def check(
    file: File,
    files: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help=FOLDER_HELP)] = None,
) -> None:
    """Check a manifest, and with --files that the files are those it names; no service is asked."""
    from enverus_elt.deliveries.local_files import check_local_files, unnamed  # noqa: PLC0415
    from enverus_elt.deliveries.manifest import parse_manifest  # noqa: PLC0415
    from enverus_elt.deliveries.recipes import recipe_for  # noqa: PLC0415

    with one_line_errors():
        manifest = parse_manifest(file.read_bytes())
        recipe, word = recipe_for(manifest)
        if files is not None:
            check_local_files(manifest, files)
            for path in unnamed(manifest, files):
                typer.echo(f"note: {path} is not in the manifest and will not be handed in")
    if word is not None:
        typer.echo(f"note: {word}")
    typer.echo(f"{manifest.batch_id}: {len(manifest.files)} files for {manifest.dataset}, recipe {recipe.name}")


@manifest_app.command()
def submit(
    file: File,
    files: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help=FOLDER_HELP)] = None,
) -> None:
    """Check a delivery, upload its files, see that they arrived, and upload the manifest last."""
    from enverus_elt.deliveries.local_files import check_local_files  # noqa: PLC0415
    from enverus_elt.deliveries.manifest import parse_manifest  # noqa: PLC0415
    from enverus_elt.errors import DeliveryError  # noqa: PLC0415

    with one_line_errors():
        body = file.read_bytes()
        manifest = parse_manifest(body)
        if manifest.files and files is None:
            raise DeliveryError("the manifest names files: say with --files where they are")
        local = check_local_files(manifest, files) if files is not None else {}
        key = _hand_in(body, manifest.batch_id, local)
    typer.echo(f"{manifest.batch_id}: {len(local)} files and {key} are in the landing zone")


@manifest_app.command()
def status(
    batch: Annotated[str | None, typer.Argument(help="Only this batch.")] = None, as_json: AsJson = False
) -> None:
    """List deliveries, the newest first: where they stand, which version they made, why they failed."""
    with one_line_errors(), warehouse() as conn:
        show(rows(conn, "landing/select_status.sql", {"batch_id": batch}), as_json)


@manifest_app.command()
def retry(batch: Batch) -> None:
    """Hand a batch's failed delivery in again as it is, after what stood in its way was mended."""
    from enverus_elt.errors import DeliveryError  # noqa: PLC0415
    from enverus_elt.hooks.connections import LANDING_ZONE  # noqa: PLC0415
    from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415
    from enverus_elt.lake.landing import put_back  # noqa: PLC0415
    from enverus_elt.lake.ledger import deliveries  # noqa: PLC0415

    with one_line_errors(), warehouse() as conn:
        found = deliveries(conn, batch_id=batch, most=1)
        if not found:
            raise DeliveryError(f"no delivery of batch {batch!r} was ever found in the landing zone")
        (newest,) = found
        if newest.state != "failed" or newest.settled_at is None:
            raise DeliveryError(f"{newest} is {newest.state}: only one that failed and was reported can be retried")
        key = put_back(object_store(LANDING_ZONE), newest)
    typer.echo(f"{key} is in the landing zone again")


@manifest_app.command()
def schema() -> None:
    """Print the JSON Schema of manifests, for editors and for programs that write them."""
    from enverus_elt.deliveries.manifest import manifest_schema  # noqa: PLC0415

    typer.echo(json.dumps(manifest_schema(), indent=2))


def _hand_in(body: bytes, batch_id: str, local: dict[str, Path]) -> str:
    from enverus_elt.deliveries.manifest import parse_manifest  # noqa: PLC0415
    from enverus_elt.hooks.connections import LANDING_ZONE  # noqa: PLC0415
    from enverus_elt.hooks.failures import translated  # noqa: PLC0415
    from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415
    from enverus_elt.lake.landing import check_files, hand_in_manifest, refuse_waiting  # noqa: PLC0415

    landing = object_store(LANDING_ZONE)
    with translated("the landing zone"):
        refuse_waiting(landing, batch_id)  # its files must not change under whoever processes them
        for key, path in local.items():
            sent = landing.upload(path, key)
            typer.echo(f"uploaded {key} ({sent.size:,} bytes)")
        check_files(landing, parse_manifest(body))
        return hand_in_manifest(landing, batch_id, body)
