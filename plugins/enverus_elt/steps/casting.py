"""How a text value is held against its column's type, cheaply first."""

from typing import NamedTuple

from enverus_elt.catalog import Dataset

# What certainly fits, by type; everything else is tried for real. 30 February is why days stop at 28.
PATTERNS = {
    "smallint": r"^-?[0-9]{1,4}$",
    "integer": r"^-?[0-9]{1,9}$",
    "bigint": r"^-?[0-9]{1,18}$",
    "real": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$",
    "double precision": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$",
    "boolean": r"^([Tt]rue|[Ff]alse)$",
    "timestamp": r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?$",
}
PATTERNS["timestamptz"] = PATTERNS["date"] = PATTERNS["timestamp"]


class CastableCheck(NamedTuple):
    """A column whose values may be refused: by length, or by its type unless the pattern clears them."""

    column: str
    type: str
    length: int | None
    pattern: str | None


def staged_types(dataset: Dataset) -> dict[str, str]:
    """The type of each column of the export, by name, as staging has it."""
    types = {"row_no": "bigint", "row_hash": "uuid", "extra": "jsonb"}
    types |= {column.name: column.type for column in dataset.columns}
    return types | {
        g.name: f"geometry({g.staged_typmod.replace(' ', '')})" for g in dataset.geometry if not g.made_from
    }


def castable_checks(dataset: Dataset) -> list[CastableCheck]:
    """Every column that can refuse a value; plain text takes anything."""
    lengths = {column.name: column.length for column in dataset.columns}
    return [
        CastableCheck(name, sql_type, lengths.get(name), PATTERNS.get(sql_type))
        for name, sql_type in staged_types(dataset).items()
        if name not in ("row_no", "row_hash") and sql_type != "text"
    ]
