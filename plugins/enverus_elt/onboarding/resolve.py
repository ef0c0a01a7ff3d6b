"""A stated schema → columns and geometries of the catalog: their names, what steers the load, and what is refused."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from enverus_elt.catalog import Column, Dataset, Geometry, GeometryType
from enverus_elt.catalog.columns import IDENTIFIER, TIME_TYPES
from enverus_elt.catalog.models import STANDARD_COLUMNS
from enverus_elt.catalog.names import column_name, shape_of
from enverus_elt.onboarding.decisions import Decisions
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.schema import Field, Schema
from enverus_elt.onboarding.sql_types import WGS84, ShapeType
from enverus_elt.onboarding.units import unit_of

CURSOR, DELETED = "UpdatedDate", "DeletedDate"
CURSOR_SAYS = "When the source last changed the row; steers the load"
DELETED_SAYS = "When the source deleted the row; empty while it is active"
KIND_WORDS = {
    GeometryType.POINT: "point",
    GeometryType.LINE: "line",
    GeometryType.MULTI_LINE: "line",
    GeometryType.POLYGON: "poly",
    GeometryType.MULTI_POLYGON: "poly",
}
KINDS = {"point": GeometryType.POINT, "line": GeometryType.LINE, "poly": GeometryType.MULTI_POLYGON}
GEOMETRY_NAME = re.compile(r"geom_([a-z0-9]+_)?(point|line|poly)")


class Wanted(NamedTuple):
    """A field as the catalog is to have it, and as it has it; ``known`` is None for a new one."""

    field: Field
    column: Column | Geometry
    known: Column | Geometry | None


@dataclass(frozen=True)
class Resolved:
    """A schema in the catalog's own words; names are those of columns."""

    wanted: tuple[Wanted, ...]
    key: tuple[str, ...]
    cursor: str
    deleted: str | None


class Resolver:
    """Resolves one schema against what the catalog says of the dataset already, if it does."""

    def __init__(self, schema: Schema, known: Dataset | None, decisions: Decisions, problems: Problems) -> None:
        self._schema = schema
        self._known = known
        self._problems = problems
        self._by_source = {c.source.casefold(): c for c in known.all_columns if c.source} if known else {}
        self._fields = {field.source.casefold(): field for field in schema.fields}
        self._taken = {c.name: f"the catalog's {c.source}" for c in self._by_source.values()}
        self._cursor = self._steering(decisions.cursor, known.load.cursor if known else None, CURSOR)
        self._deleted = self._steering(decisions.deleted, known.load.deleted if known else None, DELETED)
        self._key = {source.casefold() for source in schema.key}

    def resolve(self) -> Resolved | None:
        """The schema in the catalog's words; None where something of it is a problem."""
        before = len(self._problems)
        self._check_steering()
        wanted = [self._wanted(field) for field in self._schema.fields]
        if len(self._problems) > before or self._schema.unclear:
            return None
        names = {w.column.source.casefold(): w.column.name for w in wanted if w is not None and w.column.source}
        return Resolved(
            wanted=tuple(w for w in wanted if w is not None),
            key=self._key_names(names),
            cursor=self._name_of(self._cursor, names),
            deleted=self._name_of(self._deleted, names) if self._deleted else None,
        )

    def _steering(self, said: str | None, known: str | None, usual: str) -> str | None:
        """The field that steers a load: the catalog's, the one that was said, or the vendor's usual one."""
        if self._known is not None:
            return self._known.source_of(known).casefold() if known else None
        return said.casefold() if said else usual.casefold() if usual.casefold() in self._fields else None

    def _check_steering(self) -> None:
        where, known = self._schema.where, self._by_source
        if self._cursor is None and not self._schema.unclear & {CURSOR.casefold(), ""}:
            what = f"no field is called {CURSOR}: a load has to know when the source last changed a row"
            self._problems.add(where, f"{what}: add that field, or say which one it is with --cursor FIELD")
        for option, source in (("cursor", self._cursor), ("deleted", self._deleted)):
            if source is None:
                continue
            field = self._fields.get(source)
            if field is None and source not in known and not self._schema.unclear & {source, ""}:
                self._problems.add(where, f"--{option} {shown(source)}: there is no such field")
            elif field is not None and not (isinstance(field.type, str) and field.type in TIME_TYPES):
                self._problems.add(field.where, f"{field.source} steers the load, so its type must be a time")
        if not self._key and self._known is None and not self._schema.unclear:
            what = "no field is marked as part of the key: put PK into the 'Key' column of each that is"
            self._problems.add(where, what)

    def _wanted(self, field: Field) -> Wanted | None:
        known = self._by_source.get(field.source.casefold())
        if isinstance(known, Geometry):
            return Wanted(field, self._known_geometry(field, known), known)
        is_shape = isinstance(field.type, ShapeType) or (_is_text(field.type) and shape_of(field.source) is not None)
        if isinstance(known, Column):
            return Wanted(field, known if is_shape else self._column(field, known.name, known.source), known)
        name = self._free_name(field, is_shape)
        if name is None:
            return None
        column = self._geometry(field, name) if is_shape else self._new_column(field, name)
        return Wanted(field, column, None) if column else None

    def _column(self, field: Field, name: str, source: str) -> Column:
        place = source.casefold()
        required = place in self._key or place == self._cursor
        return Column(
            name=name,
            source=source,
            type="timestamptz" if place in (self._cursor, self._deleted) else str(field.type),
            nullable=not required and field.nullable is not False,
            unit=field.unit,
            description=field.description,
        )

    def _new_column(self, field: Field, name: str) -> Column:
        """With what the vendor's names say besides: a unit, and what steers every load."""
        column = self._column(field, name, field.source)
        says = {self._cursor: CURSOR_SAYS, self._deleted: DELETED_SAYS}.get(field.source.casefold())
        unit = field.unit or (unit_of(field.source) if column.is_numeric else None)
        return column.model_copy(update={"unit": unit, "description": field.description or says})

    def _geometry(self, field: Field, name: str) -> Geometry | None:
        said = field.type if isinstance(field.type, ShapeType) else ShapeType()
        by_name, kind = shape_of(field.source), GEOMETRY_NAME.fullmatch(name)
        geometry_type = said.type or (by_name.type if by_name else None) or (KINDS[kind[2]] if kind else None)
        if geometry_type is None or kind is None or KIND_WORDS[geometry_type] != kind[2]:
            self._problems.add(field.where, _unclear_geometry(field, name, geometry_type))
            return None
        nullable = field.nullable is not False
        srid = said.srid or WGS84
        return Geometry(
            name=name,
            source=field.source,
            type=geometry_type,
            srid=srid,
            z=said.z,
            nullable=nullable,
            description=field.description,
        )

    def _known_geometry(self, field: Field, known: Geometry) -> Geometry:
        said = field.type if isinstance(field.type, ShapeType) else ShapeType()
        change = {
            "type": said.type or known.type,
            "srid": said.srid or known.srid,
            "z": said.z if said.type else known.z,
            "nullable": known.nullable and field.nullable is not False,
            "description": known.description or field.description,
        }
        return known.model_copy(update=change)

    def _free_name(self, field: Field, is_shape: bool) -> str | None:
        """The name of a new column; a problem where nothing else can have it, or something else has it."""
        name = field.name or (_geometry_name(field) if is_shape else column_name(field.source))
        advice = self._schema.rename
        if not re.fullmatch(IDENTIFIER, name):
            self._problems.add(field.where, f"{shown(name)} is no column's name (a-z, 0-9, _, at most 63): {advice}")
        elif name in STANDARD_COLUMNS:
            self._problems.add(field.where, f"every table has a column {name} of its own: {advice}")
        elif name in self._taken:
            self._problems.add(field.where, f"{field.source} and {self._taken[name]} would both be {name}: {advice}")
        else:
            self._taken[name] = f"{field.source} ({field.where})"
            return name
        return None

    def _key_names(self, names: dict[str, str]) -> tuple[str, ...]:
        """The known key in its order where it is the same set of columns."""
        stated = tuple(names[source.casefold()] for source in self._schema.key)
        if self._known is None:
            return stated
        # A table's partitions are by its key, whatever the vendor's is.
        partition = {self._known.partition.column} if self._known.partition else set[str]()
        known = self._known.load.key
        if not stated or set(stated) - partition == set(known) - partition:
            return known
        return (*stated, *(name for name in known if name in partition and name not in stated))

    def _name_of(self, source: str | None, names: dict[str, str]) -> str:
        name = names.get(source or "")
        return name if name is not None else self._by_source[source or ""].name


def _is_text(sql_type: str | ShapeType) -> bool:
    return isinstance(sql_type, str) and sql_type.startswith(("text", "varchar"))


def _geometry_name(field: Field) -> str:
    by_name = shape_of(field.source)
    said = field.type.type if isinstance(field.type, ShapeType) else None
    if by_name and (said is None or KIND_WORDS[said] == KIND_WORDS[by_name.type]):
        return by_name.name
    return f"geom_{column_name(field.source).replace('_', '')}_{KIND_WORDS[said] if said else 'what'}"


def _unclear_geometry(field: Field, name: str, geometry_type: GeometryType | None) -> str:
    if geometry_type is None:
        return f"{field.source}: a geometry of what type? Put in GEOMETRY(Point, {WGS84}), say"
    return f"{shown(name)} is no name of a {geometry_type.value} column: geom_<what>_{KIND_WORDS[geometry_type]}"
