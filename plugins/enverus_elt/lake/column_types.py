"""Arrow's types and PostgreSQL's, there and back: what a column is in a file, and in a scratch table."""

import re

import pyarrow as pa

SQL_TYPES = {
    pa.bool_(): "boolean",
    pa.int8(): "smallint",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.uint8(): "smallint",
    pa.uint16(): "integer",
    pa.uint32(): "bigint",
    pa.float32(): "real",
    pa.float64(): "double precision",
    pa.string(): "text",
    pa.binary(): "bytea",
    pa.date32(): "date",
}
ARROW_TYPES = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "text": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}
WIRE_TYPES = {
    pa.int8(): pa.int16(),
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.time32("ms"): pa.time64("us"),
}
NUMERIC = re.compile(r"^numeric\((\d+)(?:, ?(\d+))?\)$")
MOST_DIGITS = 38  # of a decimal128, which every reader of Parquet has


def sql_type(kind: pa.DataType) -> str:
    """PostgreSQL's type for one of Arrow's that files have after they were read (``formats.arrow_values``)."""
    if kind in SQL_TYPES:
        return SQL_TYPES[kind]
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if pa.types.is_time(kind):
        return "time"
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    raise ValueError(f"no column of PostgreSQL holds {kind}")


def wire_type(kind: pa.DataType) -> pa.DataType:
    """What a column travels as to PostgreSQL, which has neither unsigned numbers nor times of another precision."""
    return WIRE_TYPES.get(kind, kind)


def arrow_type(declared: str) -> pa.DataType | None:
    """Arrow's type for one that a recipe casts to; None for a numeric without digits, or with too many, for Parquet."""
    if declared in ARROW_TYPES:
        return ARROW_TYPES[declared]
    if declared.startswith("varchar"):
        return pa.string()
    if (match := NUMERIC.match(declared)) and int(match[1]) <= MOST_DIGITS and int(match[2] or 0) <= int(match[1]):
        return pa.decimal128(int(match[1]), int(match[2] or 0))
    return None
