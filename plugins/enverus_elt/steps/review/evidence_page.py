"""Pages of evidence from the templates in ``include/data_docs``; whatever is put into one is escaped."""

from functools import cache
from typing import Any

import jinja2

from enverus_elt.catalog import Dataset
from enverus_elt.paths import DATA_DOCS_PAGE


def render_page(template: str, dataset: Dataset, batch_id: int, **names: Any) -> bytes:
    """The page, in UTF-8."""
    heading = f"{dataset.title}, batch {batch_id}"
    page = template.removesuffix(".j2")
    text = (
        _environment()
        .get_template(template)
        .render(heading=heading, page=page, has_map=bool(dataset.geometry), **names)
    )
    # Text of the source may hold half of a surrogate pair, which UTF-8 cannot.
    return text.encode("utf-8", "replace")


def number(value: float) -> str:
    """With separators, as all pages write it."""
    return f"{value:,}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(DATA_DOCS_PAGE),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    return environment
