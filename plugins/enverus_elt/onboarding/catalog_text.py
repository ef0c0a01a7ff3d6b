"""A catalog file's text as a document that can be changed and written back with its comments, order and style."""

import io
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from enverus_elt.catalog import Column, Geometry
from enverus_elt.onboarding.decisions import is_plain

NO_WRAP = 1_000_000
BEYOND_DOUBT = re.compile(r"\w([\w ./;()%-]*[\w.)%])?")
COLUMN_FIELDS = ("name", "source", "type", "nullable", "unit", "description")
GEOMETRY_FIELDS = ("name", "source", "type", "z", "srid", "nullable", "description")
UNSAID = {"nullable": True, "z": False}  # what goes without saying


def parse(text: str) -> Any:
    """The document; the project's own loader has accepted the text before."""
    return _yaml().load(text)


def dump(document: Any) -> str:
    """The text; what was not changed is as it was, byte for byte."""
    out = io.StringIO()
    _yaml().dump(document, out)
    return out.getvalue()


def one_line_entry(column: Column | Geometry) -> CommentedMap:
    """``{name: …, source: …}`` with the fields that are not what the catalog takes for granted."""
    names = COLUMN_FIELDS if isinstance(column, Column) else GEOMETRY_FIELDS
    said = {name: getattr(column, name) for name in names}
    entry = CommentedMap((name, scalar(v)) for name, v in said.items() if v is not None and v is not UNSAID.get(name))
    entry.fa.set_flow_style()
    return entry


def set_value(entry: CommentedMap, name: str, value: Any, order: tuple[str, ...]) -> None:
    """Set a field of an entry; a new one goes behind those that stand before it in ``order``."""
    if name not in entry:
        before = set(order[: order.index(name)])
        place = max((place for place, key in enumerate(entry, start=1) if key in before), default=0)
        entry.insert(place, name, scalar(value))
    else:
        entry[name] = scalar(value)


def one_line_list(values: tuple[str, ...]) -> CommentedSeq:
    """``[a, b]``."""
    listed = CommentedSeq(scalar(value) for value in values)
    listed.fa.set_flow_style()
    return listed


def scalar(value: Any) -> Any:
    """A value that the catalog's loader reads back as what it is: ``no`` and ``: x`` in quotes, enumerations as text.

    What is written here and what the loader reads are two libraries with two versions of YAML, so only text that is
    beyond doubt goes without quotes.
    """
    if not isinstance(value, str):
        return value
    text = str(value)
    return text if BEYOND_DOUBT.fullmatch(text) and is_plain(text) else SingleQuotedScalarString(text)


def _yaml() -> YAML:
    yaml = YAML()  # round trip
    yaml.preserve_quotes = True
    yaml.width = NO_WRAP
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
