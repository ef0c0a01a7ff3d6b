"""Columns of a dataset: how a source's field becomes a typed column of the warehouse."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

IDENTIFIER = r"^[a-z][a-z0-9_]{0,62}$"
SQL_TYPE = (
    r"^(smallint|integer|bigint|real|double precision|numeric(\([1-9][0-9]{0,2}(, ?[0-9]{1,3})?\))?"
    r"|text|varchar\([1-9][0-9]{0,6}\)|boolean|date|timestamp|timestamptz)$"
)

Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
SqlType = Annotated[str, StringConstraints(pattern=SQL_TYPE)]

COMMON_SRIDS = (4326, 4269, 4267, 3857)  # WGS 84, NAD83, NAD27, web maps
NUMERIC_TYPES = ("smallint", "integer", "bigint", "real", "double precision", "numeric")
TIME_TYPES = ("date", "timestamp", "timestamptz")


class Strict(BaseModel):
    """Immutable, and a misspelt field is an error instead of a setting that silently does nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Strict):
    """One scalar column.

    ``name`` is the warehouse's, ``source`` the vendor's. ``unit`` is the unit of measure as the vendor
    states it (``FT``, ``BBL``, ``MCF``, ``PSI`` …). ``minimum`` to ``pattern`` become expectations, not
    constraints: a value outside of them is shown to QA, a value that cannot be typed is quarantined.
    """

    name: Identifier
    source: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    type: SqlType
    nullable: bool = True
    unit: str | None = None
    description: str | None = None
    minimum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    maximum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    values: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    pattern: str | None = None
    sensitive: bool = False

    @property
    def meaning(self) -> str:
        """What the warehouse says of it, the unit in brackets: ``Measured depth [FT]``."""
        return (self.description or self.name) + (f" [{self.unit}]" if self.unit else "")

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.type.startswith(NUMERIC_TYPES)

    @property
    def is_time(self) -> bool:
        """Whether it holds dates or timestamps."""
        return self.type in TIME_TYPES

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.type.startswith(("varchar", "text"))

    @property
    def length(self) -> int | None:
        """Maximum number of characters of a ``varchar(n)``."""
        return int(self.type[8:-1]) if self.type.startswith("varchar(") else None

    @model_validator(mode="after")
    def _bounds_fit_the_type(self) -> "Column":
        if (self.minimum is not None or self.maximum is not None) and not self.is_numeric:
            raise ValueError(f"column {self.name}: minimum and maximum need a numeric type, not {self.type}")
        if (self.values or self.pattern) and not self.is_text:
            raise ValueError(f"column {self.name}: values and pattern need a text type, not {self.type}")
        if self.minimum is not None and self.maximum is not None and not self.minimum <= self.maximum:
            raise ValueError(f"column {self.name}: minimum {self.minimum} is above maximum {self.maximum}")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"column {self.name}: pattern is no regular expression: {error}") from error
        return self


class GeometryType(StrEnum):
    """The geometry types that a column of the warehouse may hold."""

    POINT = "Point"
    LINE = "LineString"
    MULTI_LINE = "MultiLineString"
    POLYGON = "Polygon"
    MULTI_POLYGON = "MultiPolygon"


class Repair(StrEnum):
    """What becomes of a geometry that is not valid in the OGC sense."""

    NONE = "none"
    MAKE_VALID = "make_valid"
    QUARANTINE = "quarantine"


class Coordinates(Strict):
    """The columns that give a point in degrees too, and how many degrees the two may be apart."""

    latitude: Identifier
    longitude: Identifier
    tolerance: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.0001  # some ten metres


class LonLat(Strict):
    """The columns, in degrees, that a point is made of where the vendor serves none."""

    longitude: Identifier
    latitude: Identifier


class Start(Strict):
    """The point at which a line starts, a lateral at its surface location, and how many metres the two may be apart."""

    point: Identifier
    metres: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 100


class Geometry(Strict):
    """One geometry column of one type and one SRID, in two dimensions, or with ``z`` in three.

    ``source`` names the vendor's field that holds WKT (without SRID, read as ``srid``) or EWKT; a point may instead be
    made ``from`` two columns of degrees. A row outside of ``extent`` (least x, least y, greatest x, greatest y, in the
    column's SRID) is set aside: its coordinates are swapped, zero, or of another reference system. ``coordinates`` and
    ``starts_at`` say what other columns have to say about the same place; they become expectations.
    """

    # ``from`` is a word of Python's: the field has another name, and is read and written under this one.
    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    name: Annotated[str, StringConstraints(pattern=r"^geom_(point|line|poly|[a-z0-9]+_(point|line|poly))$")]
    source: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    made_from: Annotated[LonLat | None, Field(alias="from")] = None
    type: GeometryType
    z: bool = False
    srid: Annotated[int, Field(ge=1, le=998999)] = 4326
    repair: Repair = Repair.NONE
    extent: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = None
    nullable: bool = True
    description: str | None = None
    coordinates: Coordinates | None = None
    starts_at: Start | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Geometry":
        if (self.source is None) == (self.made_from is None):
            raise ValueError(f"{self.name}: say either source, a field with WKT, or from, two columns of degrees")
        if self.made_from and (self.type is not GeometryType.POINT or not self.geographic or self.z):
            raise ValueError(f"{self.name}: from makes a Point in degrees without z, not {self.typmod}")
        if self.made_from and self.coordinates:
            raise ValueError(f"{self.name}: coordinates compares a point with the columns it is made from: drop it")
        return self

    @field_validator("srid")
    @classmethod
    def _srid_is_one(cls, srid: int) -> int:
        if srid not in COMMON_SRIDS:
            from pyproj import CRS  # noqa: PLC0415 - with a database of its own, for what is rarely asked
            from pyproj.exceptions import CRSError  # noqa: PLC0415

            try:
                CRS.from_epsg(srid)
            except CRSError as error:
                raise ValueError(f"there is no reference system EPSG:{srid}") from error
        return srid

    @model_validator(mode="after")
    def _pairs_fit_the_type(self) -> "Geometry":
        if self.coordinates and not (self.type is GeometryType.POINT and self.geographic):
            raise ValueError(f"{self.name}: coordinates needs a Point in degrees, not {self.type} in SRID {self.srid}")
        if self.starts_at and self.dimension != 2:
            raise ValueError(f"{self.name}: starts_at needs a line, not {self.type}")
        return self

    @model_validator(mode="after")
    def _extent_has_an_inside(self) -> "Geometry":
        if self.extent and not (self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]):
            raise ValueError(f"{self.name}: extent is least x, least y, greatest x, greatest y, not {self.extent}")
        return self

    @property
    def meaning(self) -> str:
        """What the warehouse says of it."""
        return self.description or self.name

    @property
    def typmod(self) -> str:
        """What core's column holds, as PostGIS spells it: ``PointZ, 4326``."""
        return f"{self.type.value}{'Z' if self.z else ''}, {self.srid}"

    @property
    def staged_typmod(self) -> str:
        """What staging's column takes: any type, so that one of another type is set aside by name."""
        return f"Geometry{'Z' if self.z else ''}, {self.srid}"

    @property
    def multi(self) -> bool:
        """Whether single parts are wrapped, so that the column holds one type."""
        return self.type in (GeometryType.MULTI_LINE, GeometryType.MULTI_POLYGON)

    @property
    def accepted(self) -> tuple[str, ...]:
        """PostGIS' names of the types that fit into the column."""
        return (self.type.upper(), self.type.upper().removeprefix("MULTI")) if self.multi else (self.type.upper(),)

    @property
    def dimension(self) -> int:
        """1 for points, 2 for lines, 3 for polygons: what ``ST_CollectionExtract`` is to keep."""
        return 1 if self.type is GeometryType.POINT else 2 if "Line" in self.type else 3

    @property
    def geographic(self) -> bool:
        """Whether its coordinates are degrees: WGS 84, NAD83 or NAD27."""
        return self.srid in (4326, 4269, 4267)
