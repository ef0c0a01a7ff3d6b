"""SQL Server's and PostgreSQL's spellings of a type → the catalog's."""

import re
from typing import NamedTuple

from enverus_elt.catalog import GeometryType
from enverus_elt.onboarding.cells import UnclearError
from enverus_elt.onboarding.problems import shown

WGS84 = 4326
LONGEST = 100  # characters of a type

PLAIN = {
    "tinyint": "smallint",  # 0 to 255 in SQL Server; PostgreSQL has nothing smaller
    "smallint": "smallint",
    "int2": "smallint",
    "int": "integer",
    "integer": "integer",
    "int4": "integer",
    "serial": "integer",
    "bigint": "bigint",
    "int8": "bigint",
    "bigserial": "bigint",
    "real": "real",
    "float4": "real",
    "float8": "double precision",
    "double": "double precision",
    "double precision": "double precision",
    "money": "numeric(19,4)",
    "smallmoney": "numeric(10,4)",
    "bit": "boolean",
    "bool": "boolean",
    "boolean": "boolean",
    "date": "date",
    "uniqueidentifier": "varchar(36)",
    "uuid": "varchar(36)",
    "text": "text",
    "ntext": "text",
}
TIMES = {  # a number in brackets is the digits of the second
    "datetime": "timestamp",
    "datetime2": "timestamp",
    "smalldatetime": "timestamp",
    "timestamp": "timestamp",
    "timestamp without time zone": "timestamp",
    "datetimeoffset": "timestamptz",
    "timestamptz": "timestamptz",
    "timestamp with time zone": "timestamptz",
}
TEXTS = ("varchar", "nvarchar", "char", "nchar", "character", "character varying")
DECIMALS = ("numeric", "decimal", "dec")
FLOATS = ("float",)
SHAPES = ("geometry", "geography")
HOLDS_NOTHING_OF = (
    "array", "binary", "bytea", "hierarchyid", "image", "interval", "json", "jsonb", "rowversion", "sql_variant",
    "time", "varbinary", "xml",
)  # fmt: skip
GEOMETRY_TYPES = {kind.value.lower(): kind for kind in GeometryType}

FORM = re.compile(r"(?P<base>[a-z][a-z0-9_]*( [a-z]+)*)\s*(\(\s*(?P<within>[^()]*?)\s*\))?(?P<rest>( [a-z]+)*)")


class Size(NamedTuple):
    """What other columns of the sheet say of a type; ``length`` as text, for it may be ``MAX``."""

    length: str | None = None
    precision: int | None = None
    scale: int | None = None


class ShapeType(NamedTuple):
    """A geometry's type and SRID, as far as the sheet says them; ``z`` is said with the type."""

    type: GeometryType | None = None
    srid: int | None = None
    z: bool = False


def read_type(text: str, size: Size) -> str | ShapeType:
    """The column type of the warehouse, or a geometry's; raises UnclearError."""
    match = None if len(text) > LONGEST else FORM.fullmatch(re.sub(r"[\[\]\"`]", "", text).casefold().strip())
    if match is None:
        raise UnclearError(f"{shown(text)} is no data type: put in one of SQL Server or PostgreSQL")
    base, within = match["base"] + match["rest"], match["within"]
    if base in HOLDS_NOTHING_OF:
        raise UnclearError(f"no column of the warehouse holds {shown(text)}: put in the type to load it as")
    if base in SHAPES:
        return _shape(text, within)
    if base in TEXTS:
        return _text(text, within, size)
    if base in DECIMALS:
        return _decimal(text, within, size)
    if base in FLOATS:
        return _float(text, within, size)
    if base in PLAIN and within is None:
        return PLAIN[base]
    if base in TIMES and (within is None or within.isdecimal()):
        return TIMES[base]
    raise UnclearError(f"{shown(text)} is no data type that is known: put in one of SQL Server or PostgreSQL")


def _shape(text: str, within: str | None) -> ShapeType:
    if within is None:
        return ShapeType()
    kind, comma, srid = (part.strip() for part in within.partition(","))
    flat = kind.removesuffix("z").rstrip()
    if flat not in GEOMETRY_TYPES or (comma and not srid.isdecimal()):
        raise UnclearError(f"{shown(text)} names no type and SRID: put in GEOMETRY(Point, {WGS84}), say")
    return ShapeType(GEOMETRY_TYPES[flat], int(srid) if comma else None, flat != kind)


def _text(text: str, within: str | None, size: Size) -> str:
    """The length of both places where it may stand; they must agree."""
    lengths = {_length(text, length) for length in (within, size.length) if length is not None}
    if not lengths:
        if text.casefold().startswith("character varying"):
            return "text"  # PostgreSQL's own spelling of a text without a bound
        raise UnclearError(f"{shown(text)} without a length: put in {text.upper()}(n), or TEXT where it has no bound")
    if len(lengths) > 1:
        raise UnclearError(f"{shown(text)}, but the length says {size.length}: make them agree")
    length = lengths.pop()
    return "text" if length is None else f"varchar({length})"


def _length(text: str, length: str) -> int | None:
    """Characters; None for no bound (``MAX``, or -1 as SQL Server's views have it)."""
    if length.casefold() in ("max", "-1"):
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,6})( ?char| ?byte)?", length.casefold())
    if match is None:
        raise UnclearError(f"{shown(text)}: the length {shown(length)} is no number of characters: put one in, or MAX")
    return int(match[1])


def _decimal(text: str, within: str | None, size: Size) -> str:
    places = within if within is not None else _given(size)
    if places is None:
        return "numeric"
    match = re.fullmatch(r"([1-9][0-9]{0,2})(?: ?, ?([0-9]{1,3}))?", places)
    if match is None or int(match[2] or 0) > int(match[1]):
        raise UnclearError(f"{shown(text)}: {shown(places)} is no precision and scale: put in DECIMAL(p,s)")
    return f"numeric({match[1]},{match[2] or 0})"


def _given(size: Size) -> str | None:
    if size.precision is None:
        return size.length  # some write 10,2 there
    return f"{size.precision},{size.scale or 0}"


def _float(text: str, within: str | None, size: Size) -> str:
    """``FLOAT(n)``: up to 24 binary digits are single precision; without n it is 53."""
    digits = within if within is not None else str(size.precision or 53)
    if not digits.isdecimal() or not 1 <= int(digits) <= 53:
        raise UnclearError(f"{shown(text)} is no FLOAT(1) to FLOAT(53): put one in")
    return "real" if int(digits) <= 24 else "double precision"
