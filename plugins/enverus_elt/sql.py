"""SQL from files: Jinja templates under ``include/sql`` in which nothing unquoted can be interpolated.

A template's ``{{ … }}`` must end in one of the filters below, which return :class:`Fragment`; a bare
value raises instead of reaching the server. Values belong into bind parameters (``%(name)s``).
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import jinja2

from enverus_elt.errors import CatalogError
from enverus_elt.paths import SQL

MAX_IDENTIFIER_BYTES = 63


class Fragment(str):
    """A piece of SQL that is safe to stand in a statement as it is."""

    __slots__ = ()


def quote_identifier(name: str) -> Fragment:
    """Quote one identifier; the only place that does."""
    if not name or "\x00" in name or len(name.encode()) > MAX_IDENTIFIER_BYTES:
        raise CatalogError(f"not a PostgreSQL identifier (1 to {MAX_IDENTIFIER_BYTES} bytes): {name!r}")
    return Fragment('"' + name.replace('"', '""') + '"')


def quote_literal(value: str | float) -> Fragment:
    """Quote a constant for DDL, where PostgreSQL takes no bind parameters."""
    if isinstance(value, int | float):
        return Fragment(repr(value))
    if "\x00" in value:
        raise CatalogError(f"a NUL character cannot be stored: {value!r}")
    prefix, text = ("E", value.replace("\\", "\\\\")) if "\\" in value else ("", value)
    return Fragment(prefix + "'" + text.replace("'", "''") + "'")


def _identifiers(names: Iterable[str], prefix: str = "") -> Fragment:
    return Fragment(", ".join(prefix + quote_identifier(name) for name in names))


def _literals(values: Iterable[str]) -> Fragment:
    return Fragment(", ".join(quote_literal(value) for value in values))


def _only_fragments(value: Any) -> str:
    if isinstance(value, Fragment):
        return value
    raise CatalogError(f"a template interpolates {value!r} without quoting it; use ident, idents or literal")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SQL),
        undefined=jinja2.StrictUndefined,
        finalize=_only_fragments,
        autoescape=False,  # noqa: S701 - SQL, not HTML; `finalize` is the guard
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "ident": quote_identifier,
        "idents": _identifiers,
        "literal": quote_literal,
        "literals": _literals,
        "sql": Fragment,
    }
    return environment


def render(template: str, **names: Any) -> str:
    """Render ``include/sql/<template>`` with the given names."""
    return _environment().get_template(template).render(**names)
