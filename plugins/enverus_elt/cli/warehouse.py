"""Commands over the warehouse's schema and its run log."""

import typer

from enverus_elt.catalog import load_catalog
from enverus_elt.cli.app import app
from enverus_elt.cli.arguments import AsJson
from enverus_elt.cli.output import one_line_errors, show
from enverus_elt.cli.resources import rows, warehouse


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show each dataset's last committed load, and what waits for a person."""
    with one_line_errors(), warehouse() as conn:
        show(rows(conn, "ops/select_status.sql"), as_json)


@app.command()
def migrate() -> None:
    """Bring the warehouse's schema up to date, as its owner (connection 'warehouse_owner')."""
    with one_line_errors():
        bring_up_to_date()


def bring_up_to_date() -> None:
    """Apply migrations, make marts, register the catalog; print what was done."""
    from enverus_elt.hooks.connections import WAREHOUSE_OWNER  # noqa: PLC0415
    from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415
    from enverus_elt.marts import load_marts  # noqa: PLC0415
    from enverus_elt.schema.migrate import migrate as apply  # noqa: PLC0415
    from enverus_elt.schema.registry import register  # noqa: PLC0415

    with warehouse(WAREHOUSE_OWNER) as conn:
        done = apply(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
        register(conn, load_catalog())
    for name in (*done.migrations, *(f"marts.{mart}" for mart in done.marts)):
        typer.echo(f"applied {name}")
    for mart in done.dropped:
        typer.echo(f"dropped marts.{mart}, for its file is gone")
    typer.echo("the warehouse is up to date")


@app.command()
def audit(as_json: AsJson = False) -> None:
    """Hold the warehouse against what catalog, migrations and marts declare; print everything that is not so."""
    from enverus_elt.marts import load_marts  # noqa: PLC0415
    from enverus_elt.schema.audit import audit as ask  # noqa: PLC0415
    from enverus_elt.schema.audit import questions  # noqa: PLC0415

    with one_line_errors(), warehouse() as conn:
        found = ask(conn, load_catalog(), load_marts())
    if as_json:
        show([item._asdict() for item in found], as_json)
    elif found:
        for item in found:
            typer.echo(item.finding, err=True)
    else:
        typer.echo(f"{len(questions())} questions, nothing missing")
    if found:
        raise typer.Exit(1)
