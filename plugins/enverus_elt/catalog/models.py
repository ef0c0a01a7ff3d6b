"""What a dataset is, as plain data: no Airflow, no I/O."""

from collections import Counter
from collections.abc import Collection
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from enverus_elt.catalog.columns import Column, Geometry, GeometryType, Identifier, Repair, Strict
from enverus_elt.catalog.loads import History, Load, LoadMode, Schedule
from enverus_elt.catalog.onboarding import Onboarding
from enverus_elt.catalog.partitioning import Partition, PartitionBy
from enverus_elt.catalog.relationships import Relationship
from enverus_elt.catalog.signoff import SignOff
from enverus_elt.catalog.sources import STAMPS, AnySource, ApiSource, FileSource, check_source
from enverus_elt.errors import CatalogError

__all__ = ["ApiSource", "Column", "Dataset", "FileSource", "Geometry", "GeometryType", "Relationship", "Repair"]

MOST_FIELD_CHARACTERS = 1800  # of the 2,048 that the API takes; the rest is for path, filters and paging
PARTITION_TYPES = ("date", "timestamp")  # a timestamptz has another month in another time zone
SYSTEM_COLUMNS = ("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")
CORE_COLUMNS = (
    "id",
    "objectid",
    "source_id",
    "row_hash",
    "created_at",
    "updated_at",
    "deleted_at",
    "load_batch_id",
)
VERSION_COLUMNS = ("valid_from", "valid_to", "is_current")
STANDARD_COLUMNS = (*SYSTEM_COLUMNS, *CORE_COLUMNS, *VERSION_COLUMNS, "row_no", "extra")


def table_name(dataset_id: str) -> str:
    """Name of a dataset's table in core and of its view in staging."""
    return dataset_id.replace("-", "_")


def dag_id(dataset_id: str) -> str:
    """Id of the DAG that loads a dataset."""
    return f"enverus_{table_name(dataset_id)}"


class Dataset(Strict):
    """One dataset of the catalog; ``id`` is the file's stem, ``well-headers`` say."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    title: str
    description: str
    owner: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    tags: tuple[str, ...] = ()
    source: AnySource
    load: Load
    schedule: Schedule | None = None
    sla_hours: Annotated[int, Field(ge=1)]
    signoff: SignOff = SignOff()
    onboarding: Onboarding = Onboarding()
    geometry: tuple[Geometry, ...] = ()
    indexes: tuple[tuple[Identifier, ...], ...] = ()
    partition: Partition | None = None
    relationships: tuple[Relationship, ...] = ()
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @cached_property
    def table(self) -> str:
        """Name of its table in core and of its view in staging."""
        return table_name(self.id)

    @property
    def staging_table(self) -> str:
        """Name of the append-only table in staging."""
        return f"{self.table}_raw"

    @property
    def dag_id(self) -> str:
        """Id of the DAG that loads it."""
        return dag_id(self.id)

    @property
    def api(self) -> ApiSource:
        """Where the API serves it; raises CatalogError for a dataset that files feed."""
        if not isinstance(self.source, ApiSource):
            raise CatalogError(
                f"{self.id}: files feed it, not the API: it comes from the data lake's {self.source.dataset}"
            )
        return self.source

    @property
    def due(self) -> str:
        """When it is loaded, in words."""
        if self.schedule is not None:
            return f"{self.schedule.cron} {self.schedule.timezone}"
        return "when a version is published"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its scalar columns by the warehouse's name."""
        return {column.name: column for column in self.columns}

    @property
    def all_columns(self) -> tuple[Column | Geometry, ...]:
        """Scalar columns, then geometries: the order of the export and of the tables."""
        return (*self.columns, *self.geometry)

    @property
    def all_names(self) -> tuple[str, ...]:
        """Names of scalar columns, then of geometries."""
        return tuple(column.name for column in self.all_columns)

    def present(self, absent: Collection[str]) -> tuple[str, ...]:
        """Columns that say what a row is, beside the key and without those that the source left out."""
        left_out = {*absent, *self.load.key, *(self.field_columns[field] for field in self.stamps)}
        return tuple(name for name in self.all_names if name not in left_out)

    @property
    def stamps(self) -> tuple[str, ...]:
        """Those of the source's fields that say which version brought a row, and not what the row is."""
        return tuple(field for field in self.fields if field in STAMPS)

    def shape(self, name: str) -> Geometry | None:
        """The geometry column of that name, if it is one."""
        return next((geometry for geometry in self.geometry if geometry.name == name), None)

    @cached_property
    def field_columns(self) -> dict[str, str]:
        """From the source's field names to the warehouse's column names, in the order of the export's columns."""
        return {column.source: column.name for column in self.all_columns if column.source is not None}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The source's field names in the order of the export's columns."""
        return tuple(c.source for c in self.all_columns if c.source is not None)

    def columns_of(self, fields: Collection[str]) -> list[str]:
        """The columns that hold these fields of the source, and the points that are made from one of those."""
        held = [name for field, name in self.field_columns.items() if field in fields]
        pairs = {geometry.name: geometry.made_from for geometry in self.geometry if geometry.made_from}
        return held + [name for name, pair in pairs.items() if {pair.longitude, pair.latitude}.intersection(held)]

    @property
    def sensitive(self) -> frozenset[str]:
        """Columns whose values nobody is shown who only looks after loads."""
        return frozenset(column.name for column in self.columns if column.sensitive)

    @property
    def hidden(self) -> frozenset[str]:
        """Columns of its table in core that no reader may see: the sensitive ones and what they can be guessed from.

        ``row_hash`` covers every value, so a guess can be tried against it; ``source_id`` is the key as text.
        """
        if not self.sensitive:
            return frozenset()
        of_key = ("source_id", "id") if self.sensitive.intersection(self.load.key) else ()
        return self.sensitive | {"row_hash", *of_key}

    @property
    def core_columns(self) -> tuple[str, ...]:
        """All columns of its table in core."""
        standard = (*CORE_COLUMNS, *VERSION_COLUMNS) if self.versioned else CORE_COLUMNS
        return (*standard[:3], *self.all_names, *standard[3:])

    @property
    def readable(self) -> tuple[str, ...]:
        """Columns of its table in core that readers may see."""
        return tuple(name for name in self.core_columns if name not in self.hidden)

    @property
    def versioned(self) -> bool:
        """Whether core keeps history."""
        return self.load.history is History.VERSIONED

    @property
    def version_columns(self) -> tuple[str, ...]:
        """The times at which a row changes: a delete may leave the update time alone."""
        return tuple(filter(None, (self.load.cursor, self.load.deleted)))

    @property
    def required(self) -> tuple[str, ...]:
        """Columns beside the key that core demands a value for."""
        return tuple(c.name for c in self.all_columns if not c.nullable and c.name not in self.load.key)

    @property
    def required_fields(self) -> frozenset[str]:
        """The source's names of key, cursor and every other column that core demands a value for."""
        points = [g.made_from for g in self.geometry if g.made_from and not g.nullable]
        made_from = [name for pair in points for name in (pair.longitude, pair.latitude)]
        named = frozenset(self.by_name[name].source for name in (*self.load.key, *made_from))
        return named | frozenset(c.source for c in self.all_columns if c.source is not None and not c.nullable)

    def source_of(self, name: str) -> str:
        """The source's name of one of its columns."""
        return self.by_name[name].source

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Dataset":
        for what, names in (
            ("column", [c.name for c in self.all_columns]),
            ("source field", [f.casefold() for f in self.fields]),
        ):
            if twice := [name for name, count in Counter(names).items() if count > 1]:
                raise ValueError(f"{what} named twice: {', '.join(twice)}")
        if reserved := self.by_name.keys() & set(STANDARD_COLUMNS):
            raise ValueError(f"column names that every table has already: {', '.join(sorted(reserved))}")
        return self

    @model_validator(mode="after")
    def _fields_fit_into_a_url(self) -> "Dataset":
        if not isinstance(self.source, ApiSource) or self.source.fields != "catalog":
            return self
        if (length := len(",".join(self.fields))) > MOST_FIELD_CHARACTERS:
            raise ValueError(
                f"source.fields: the names take {length:,} characters, and a URL takes {MOST_FIELD_CHARACTERS:,}:"
                " use 'all'"
            )
        return self

    @model_validator(mode="after")
    def _load_refers_to_columns(self) -> "Dataset":
        indexed = tuple(name for columns in self.indexes for name in columns)
        named = {"load.key": self.load.key, "load.cursor": (self.load.cursor,), "indexes": indexed}
        named["load.deleted"] = tuple(filter(None, (self.load.deleted,)))
        for what, names in named.items():
            if missing := [n for n in names if n not in self.by_name]:
                raise ValueError(f"{what} names no column of the dataset: {', '.join(missing)}")
        if nullable := [n for n in (*self.load.key, self.load.cursor) if self.by_name[n].nullable]:
            raise ValueError(f"key and cursor columns must say 'nullable: false': {', '.join(nullable)}")
        if self.load.cursor == self.load.deleted:
            raise ValueError("load.cursor and load.deleted must be two columns")
        for what, names in (("load.key", self.load.key), *(("an index", columns) for columns in self.indexes)):
            if not names or len(set(names)) < len(names):
                raise ValueError(f"{what} names no column, or one twice: [{', '.join(names)}]")
        if self.load.mode is LoadMode.SNAPSHOT and self.versioned:
            raise ValueError("a snapshot load keeps no versions: history must be 'current'")
        for name in self.version_columns:
            if self.by_name[name].type != "timestamptz":
                raise ValueError(f"{name} steers the load, so its type must be timestamptz (source times are UTC)")
        return self

    @model_validator(mode="after")
    def _source_fits(self) -> "Dataset":
        check_source(self)
        return self

    @model_validator(mode="after")
    def _partitions_are_by_the_key(self) -> "Dataset":
        if (partition := self.partition) is None:
            return self
        if partition.column not in self.load.key:
            raise ValueError(f"partition.column must be one of load.key ({', '.join(self.load.key)})")
        kind = self.by_name[partition.column].type
        if partition.by is PartitionBy.MONTH and kind not in PARTITION_TYPES:
            raise ValueError(
                f"partition by month needs a column of type date or timestamp: {partition.column} is {kind}"
            )
        return self

    @model_validator(mode="after")
    def _pairs_refer_to_columns(self) -> "Dataset":
        for geometry in self.geometry:
            for key, pair in (("coordinates", geometry.coordinates), ("from", geometry.made_from)):
                for what in ("latitude", "longitude") if pair else ():
                    name = getattr(pair, what)
                    if name not in self.by_name or not self.by_name[name].is_numeric:
                        raise ValueError(f"{geometry.name}: {key}.{what} names no numeric column: {name}")
            if start := geometry.starts_at:
                point = self.shape(start.point)
                if point is None or point.type is not GeometryType.POINT:
                    raise ValueError(f"{geometry.name}: starts_at.point names no point geometry: {start.point}")
        for number, relationship in enumerate(self.relationships):
            if missing := [name for name in relationship.columns if name not in self.by_name]:
                raise ValueError(f"relationships.{number}.columns names no column of the dataset: {', '.join(missing)}")
        return self
