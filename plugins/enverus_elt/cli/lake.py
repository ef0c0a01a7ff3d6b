"""Commands over the data lake: what it holds, whether it is whole, what a version looks like and came from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import data_lake, rows, warehouse
from enverus_elt.errors import TerminalError

if TYPE_CHECKING:
    from enverus_elt.lake.verify import Extent

lake_app = typer.Typer(no_args_is_help=True, help="The data lake: versions of what was delivered as files.")
app.add_typer(lake_app, name="lake")

LakeDataset = Annotated[str, typer.Argument(help="Id of a dataset of the lake, as 'enverus lake list' shows it.")]


@lake_app.command(name="list")
def list_(
    dataset: Annotated[str | None, typer.Argument(help="Show each version of this dataset.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the datasets with their newest versions, or all versions and files of one."""
    with one_line_errors(), warehouse() as conn:
        if dataset is None:
            show(rows(conn, "lake/list_datasets.sql"), as_json)
            return
        found = rows(conn, "lake/list_versions.sql", {"dataset": dataset})
        if not found:
            raise TerminalError(f"the data lake has no dataset {dataset!r}; 'enverus lake list' shows what it has")
        show(found, as_json)


@lake_app.command()
def verify(
    dataset: Annotated[str | None, typer.Argument(help="Only this dataset.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not read the objects: their sizes must do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold the bucket against the ledger, byte for byte; print everything that is not so, and then exit with 1."""
    from enverus_elt.lake.verify import extent  # noqa: PLC0415 - not for `enverus --help`
    from enverus_elt.lake.verify import verify as compare  # noqa: PLC0415

    found: list[dict[str, Any]] = []
    with one_line_errors(), data_lake() as (conn, lake):
        for finding in compare(conn, lake, dataset, read=not quick):
            found.append(finding._asdict())
            if not as_json:
                typer.echo(str(finding), err=True)
        size = extent(conn, dataset)
    if as_json:
        show(found, as_json)
    elif not found:
        typer.echo(_sentence(size))
    if found:
        raise typer.Exit(1)


@lake_app.command()
def preview(
    dataset: LakeDataset,
    version: Annotated[int | None, typer.Option(min=1, help="Number of the version; without it the newest.")] = None,
    file: Annotated[str | None, typer.Option(help="Only this file of it.")] = None,
    into: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path(),
) -> None:
    """Draw a version: a map of what is placed, the first rows of what is not; print where the pictures are."""
    from enverus_elt.lake.preview import preview as draw  # noqa: PLC0415 - not for `enverus --help`

    with one_line_errors(), data_lake() as (conn, lake):
        pictures = draw(conn, lake, dataset, version, into, file=file)
    for picture in pictures:
        typer.echo(str(picture))


@lake_app.command()
def lineage(
    name: Annotated[
        str, typer.Argument(help="dataset/v1, core.table, marts.mart, the key of a file; or a dataset, for its newest.")
    ],
    down: Annotated[bool, typer.Option("--down", help="What was made from it, not what it was made from.")] = False,
    most: Annotated[int, typer.Option(min=1, help="How many steps are shown, the nearest first.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Show what something was made from: from a mart over tables, batches and versions back to delivered files."""
    from enverus_elt.lake.lineage import lineage as follow  # noqa: PLC0415

    with one_line_errors(), warehouse() as conn:
        show(follow(conn, name, down=down, most=most), as_json)


@lake_app.command()
def catalog() -> None:
    """Write the STAC catalog anew from the ledger."""
    from enverus_elt.lake.catalog import rewrite_catalog  # noqa: PLC0415

    with one_line_errors(), data_lake() as (conn, lake):
        written = rewrite_catalog(conn, lake)
    typer.echo(f"wrote the catalog of {len(written):,} datasets")


def _sentence(size: "Extent") -> str:
    return f"{size.versions:,} versions, {size.objects:,} objects, {size.bytes:,} bytes: all as recorded"
