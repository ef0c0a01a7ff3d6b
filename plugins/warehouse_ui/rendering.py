"""The pages' look: templates, the way values are written, and the headers that keep a page harmless."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent
PREFIX = "/warehouse"
DASH = "\N{EN DASH}"
# Nothing from elsewhere, no script inside a page: what came with the data stays text.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self';"
    " frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
)
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def ago(moment: datetime | None) -> str:
    """How long ago, in the largest unit that says enough."""
    return "never" if moment is None else f"{span(datetime.now(UTC) - moment)} ago"


def span(length: timedelta | None) -> str:
    """A length of time, in the largest unit that says enough."""
    if length is None:
        return DASH
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


def count(number: int | None) -> str:
    """A count; a dash where it is not known."""
    return DASH if number is None else f"{number:,}"


def moment(when: datetime | None) -> str:
    """A time, in UTC."""
    return DASH if when is None else f"{when.astimezone(UTC):%Y-%m-%d %H:%M}"


def page(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A rendered page; ``root`` is the path of these pages in it, ``airflow`` that of Airflow's own."""
    root = request.scope["root_path"]
    facts |= {"root": root, "airflow": root.removesuffix(PREFIX)}
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(**facts), status, headers=HEADERS)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"ago": ago, "span": span, "count": count, "moment": moment}
