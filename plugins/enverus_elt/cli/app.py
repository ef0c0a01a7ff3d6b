"""The command line's root: it finds the connections before any command runs."""

import os
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from enverus_elt.paths import ROOT

SANDBOX_ENVIRONMENT = ROOT / ".sandbox" / "stack.env"

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Load Enverus data into PostGIS.")


@app.callback()
def main(
    env_file: Annotated[
        Path | None,
        typer.Option(
            envvar="ENVERUS_ENV_FILE",
            help="File with AIRFLOW_CONN_… lines; without it the environment, then the running sandbox.",
        ),
    ] = None,
) -> None:
    """Find the connections; what the environment says already stays."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # a command prints its answer alone
    path = env_file or (SANDBOX_ENVIRONMENT if SANDBOX_ENVIRONMENT.is_file() else None)
    if path is None:
        return
    if not path.is_file():
        raise typer.BadParameter(f"{path} is not a file", param_hint="--env-file")
    for name, value in dotenv_values(path, interpolate=False).items():
        if value is not None and name.startswith("AIRFLOW"):
            os.environ.setdefault(name, value)
