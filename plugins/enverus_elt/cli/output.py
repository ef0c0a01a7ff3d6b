"""How commands answer: tables or JSON on stdout, mistakes as one line on stderr."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from enverus_elt.errors import EltError


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as a table for people, or as JSON for programs."""
    if as_json:
        typer.echo(json.dumps(rows, default=str, indent=2))
        return
    if not rows:
        typer.echo("nothing yet")
        return
    texts = [[str("" if value is None else value) for value in row.values()] for row in rows]
    heads = [name.replace("_", " ") for name in rows[0]]
    widths = [max(map(len, column)) for column in zip(heads, *texts, strict=True)]
    for line in (heads, *texts):
        typer.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with exit code 3 and the error's one line."""
    try:
        yield
    except EltError as error:
        typer.echo(str(error), err=True)
        sys.exit(3)


@contextmanager
def problems_as_json(as_json: bool) -> Iterator[None]:
    """Print an error's lines as JSON too, before it ends the command."""
    try:
        yield
    except EltError as error:
        if as_json:
            typer.echo(json.dumps({"problems": str(error).splitlines()}, indent=2))
        raise


@contextmanager
def progress() -> Iterator[None]:
    """Show on stderr what the steps log: a long load should not look like a hanging one."""
    logger, handler = logging.getLogger("enverus_elt"), logging.StreamHandler(sys.stderr)
    before = logger.level
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
