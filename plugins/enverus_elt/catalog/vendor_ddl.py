"""The vendor's live DDL held against a catalog file, and the columns that the file lacks as a patch."""

import difflib
import re
from typing import NamedTuple

from enverus_elt.catalog.columns import Column
from enverus_elt.catalog.models import Dataset
from enverus_elt.catalog.names import column_name
from enverus_elt.errors import CatalogError, SourceError

COLUMN = re.compile(r"^\s*(?P<name>\w+)\s+(?P<type>[A-Za-z][A-Za-z ]*(\(\d+(,\s*\d+)?\))?),?\s*$")
KEY = re.compile(r"PRIMARY KEY \((?P<names>[^)]*)\)", re.IGNORECASE)
SPELLINGS = {
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "character varying": "varchar",
    "int": "integer",
    "float8": "double precision",
    "decimal": "numeric",
}
# What the vendor calls a type and what the catalog may make of it beside the type itself.
ALSO = {"text": ("varchar", "geometry"), "timestamp": ("timestamptz", "date")}


class Difference(NamedTuple):
    """One field; an empty side says that it is not there."""

    field: str
    catalog: str | None
    vendor: str | None
    meaning: str


def parse_ddl(ddl: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Fields with their types in PostgreSQL's short spelling, and the key's fields in lower case."""
    key = KEY.search(ddl)
    lines = [line for line in ddl.splitlines() if not line.upper().lstrip().startswith(("CREATE", "CONSTRAINT"))]
    found = [COLUMN.match(line) for line in lines if line.strip(" );")]
    if key is None or not found or None in found:
        raise SourceError("the vendor's DDL is not a CREATE TABLE with one column a line and a primary key")
    fields = {match["name"]: _spelled(match["type"]) for match in found if match}
    return fields, tuple(name.strip().lower() for name in key["names"].split(","))


def differences(dataset: Dataset, ddl: str) -> list[Difference]:
    """Everything in which the catalog and the vendor's DDL do not agree."""
    fields, key = parse_ddl(ddl)
    found = [Difference(name, None, kind, "new at the vendor") for name, kind in _new(dataset, fields).items()]
    by_lower = {name.lower(): kind for name, kind in fields.items()}
    for column in dataset.all_columns:
        if column.source is None:  # made from other columns
            continue
        ours = column.type if isinstance(column, Column) else "geometry"
        theirs = by_lower.get(column.source.lower())
        if theirs is None:
            found.append(Difference(column.source, ours, None, "not in the vendor's DDL"))
        elif not _fits(ours, theirs):
            found.append(Difference(column.source, ours, theirs, "another type"))
    own = tuple(dataset.source_of(name).lower() for name in dataset.load.key)
    partition = {dataset.source_of(dataset.partition.column).lower()} if dataset.partition else set()
    if set(own) - partition != set(key) - partition:  # a table's partitions are by its key, whatever the vendor's is
        found.append(Difference("primary key", ", ".join(own), ", ".join(key), "another key"))
    return found


def propose(dataset: Dataset, ddl: str, text: str) -> str:
    """A patch that adds the vendor's new fields to the catalog file ``text``; empty where there are none."""
    fields, _ = parse_ddl(ddl)
    taken, lines = set(dataset.all_names), text.splitlines(keepends=True)
    new = [
        f"  - {{name: {_free_name(name, taken)}, source: {name}, type: {kind}}}\n"
        for name, kind in _new(dataset, fields).items()
    ]
    end = max((n for n, line in enumerate(lines, 1) if re.match(r"\s+- \{name: ", line)), default=0)
    if not end:
        raise CatalogError(f"{dataset.id}.yaml: no column stands on a line of its own: add {', '.join(fields)} by hand")
    path = f"include/catalog/{dataset.id}.yaml"
    patched = [*lines[:end], *new, *lines[end:]]
    return "".join(difflib.unified_diff(lines, patched, f"a/{path}", f"b/{path}"))


def _new(dataset: Dataset, fields: dict[str, str]) -> dict[str, str]:
    known = {field.lower() for field in dataset.fields}
    return {name: kind for name, kind in fields.items() if name.lower() not in known}


def _spelled(kind: str) -> str:
    kind = " ".join(kind.lower().split()).replace(", ", ",")
    base, bracket, rest = kind.partition("(")
    return SPELLINGS.get(base.strip(), base.strip()) + bracket + rest


def _fits(ours: str, theirs: str) -> bool:
    """The vendor leaves lengths out, so a length counts only where both have one."""
    same_base = ours.partition("(")[0] in (theirs.partition("(")[0], *ALSO.get(theirs.partition("(")[0], ()))
    return ours == theirs or (same_base and not ("(" in ours and "(" in theirs))


def _free_name(field: str, taken: set[str]) -> str:
    """The field's column name; one that is taken gets a number, for a person to better."""
    base = column_name(field)
    name = next(n for n in (base, *(f"{base}_{i}" for i in range(2, 1000))) if n not in taken)
    taken.add(name)
    return name
