"""The column facts of the datasets served, read from `fields.json`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

import orjson

WireValue = str | int | float | bool | None
Key = tuple[int | str, ...]

MISSING_TEXT = "NULL"
_FIELDS_FILE = Path(__file__).with_name("fields.json")


class Kind(Enum):
    """What a column's values compare as."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    TIMESTAMP = "timestamp"
    GEOMETRY = "geometry"


_KINDS = {
    "BIGINT": Kind.INTEGER,
    "BOOLEAN": Kind.BOOLEAN,
    "INTEGER": Kind.INTEGER,
    "SMALLINT": Kind.INTEGER,
    "DOUBLE PRECISION": Kind.NUMBER,
    "REAL": Kind.NUMBER,
    "TEXT": Kind.TEXT,
    "TIMESTAMP WITHOUT TIME ZONE": Kind.TIMESTAMP,
}


@dataclass(frozen=True)
class Field:
    """One column; `type` is PostgreSQL's name, `length` the vendor's limit in characters.

    `synthetic` says that the sandbox makes its values up: no agency has published them.
    """

    name: str
    type: str
    length: int | None = None
    geometry: bool = False
    synthetic: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.GEOMETRY if self.geometry else _KINDS[self.type]

    @property
    def missing(self) -> str | None:
        """What the wire says where there is no value."""
        return None if self.kind in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN} else MISSING_TEXT


@dataclass(frozen=True)
class Schema:
    """A dataset's fields and its key, the latter in paging order."""

    dataset: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @cached_property
    def by_lower_name(self) -> dict[str, Field]:
        return {field.name.lower(): field for field in self.fields}

    @cached_property
    def key_kinds(self) -> tuple[Kind, ...]:
        """What the key's values are: numbers or text."""
        return tuple(self.by_lower_name[name.lower()].kind for name in self.key)

    @cached_property
    def empty_row(self) -> dict[str, WireValue]:
        return {field.name: field.missing for field in self.fields}


def is_type(name: str) -> bool:
    return name in _KINDS


def load_schemas() -> dict[str, Schema]:
    datasets = orjson.loads(_FIELDS_FILE.read_bytes())["datasets"]
    return {
        name: Schema(name, tuple(facts["primary_key"]), tuple(Field(**field) for field in facts["fields"]))
        for name, facts in datasets.items()
    }
