"""Where a dataset's rows come from, as plain data: the vendor's API, or the newest version of a dataset in the lake."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints

from enverus_elt.catalog.columns import Strict
from enverus_elt.catalog.loads import LoadMode
from enverus_elt.catalog.signoff import NextBatch

if TYPE_CHECKING:
    from enverus_elt.catalog.models import Dataset

LAKE_ID = r"^[a-z][a-z0-9-]{0,62}$"

# Fields that a version of the lake offers beside those of its file.
PUBLISHED_AT = "lake:published_at"
VERSION = "lake:version"
GEOMETRY_ID = "lake:geometry_id"
LAKE_FIELDS = {
    PUBLISHED_AT: ("timestamptz",),
    VERSION: ("integer", "bigint"),
    GEOMETRY_ID: ("text", "varchar(32)", "varchar(64)"),
}
# They say which version brought a row, not what the row is: a version that repeats a row does not change it.
STAMPS = (PUBLISHED_AT, VERSION)

FieldName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Constant = StrictStr | StrictBool | StrictInt | StrictFloat | None


class ApiSource(Strict):
    """A DirectAccess dataset: ``path`` below the base URL, rows a page."""

    kind: Literal["api"]
    path: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    page_size: Annotated[int, Field(ge=1, le=100_000)] = 10_000
    fields: Literal["all", "catalog"] = "all"

    @property
    def name(self) -> str:
        """What it is called where it is."""
        return self.path

    @property
    def title(self) -> str:
        """Where that is."""
        return f"Enverus DirectAccess `{self.path}`"


class FileSource(Strict):
    """The newest published version of ``dataset``, an id in the data lake; each version is the whole dataset.

    ``asset`` is the name of the file that is meant where a version has several, ``page_size`` how many of its rows are
    in memory at once. ``constants`` are fields that the file does not have, with the value that each row gets.
    ``codes`` say, by field, what a value of the file is called in the warehouse; a value that they leave out sets its
    row aside.
    """

    kind: Literal["file"]
    dataset: Annotated[str, StringConstraints(pattern=LAKE_ID)]
    asset: FieldName | None = None
    page_size: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    constants: dict[FieldName, Constant] = Field(default_factory=dict)
    codes: dict[FieldName, Annotated[dict[str, str], Field(min_length=1)]] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called where it is."""
        return self.dataset

    @property
    def title(self) -> str:
        """Where that is."""
        return f"Data lake `{self.dataset}`, the newest version"


AnySource = Annotated[ApiSource | FileSource, Field(discriminator="kind")]


def check_source(dataset: "Dataset") -> None:
    """Raise ValueError where the rest of the dataset does not fit to where its rows come from."""
    if isinstance(dataset.source, FileSource):
        _check_load(dataset)
        _check_fields(dataset, dataset.source)
        return
    if dataset.schedule is None:
        raise ValueError("a dataset of the API needs a schedule")
    if odd := [field for field in dataset.fields if field in LAKE_FIELDS]:
        raise ValueError(f"only a version of the data lake has the field {odd[0]}")


def _check_load(dataset: "Dataset") -> None:
    load = dataset.load
    if dataset.schedule is not None:
        raise ValueError("a dataset that files feed has no schedule: it is loaded when a version is published")
    if load.mode is not LoadMode.SNAPSHOT or load.deleted is not None:
        raise ValueError("a version is the whole dataset: load.mode must be 'snapshot', without load.deleted")
    if dataset.source_of(load.cursor) != PUBLISHED_AT:
        raise ValueError(f"a file does not say when its rows changed: the source of load.cursor must be {PUBLISHED_AT}")
    if stamps := [name for name in load.key if dataset.source_of(name) in STAMPS]:
        raise ValueError(f"{stamps[0]} says which version a row is of: it cannot be part of load.key")
    if dataset.signoff.next_batch is not NextBatch.WAIT:
        raise ValueError("nobody knows when the next version comes: signoff.next_batch must be 'wait'")


def _check_fields(dataset: "Dataset", source: FileSource) -> None:
    for column in dataset.columns:
        if column.source.startswith("lake:"):
            if (types := LAKE_FIELDS.get(column.source)) is None:
                raise ValueError(f"no version has the field {column.source} (known: {', '.join(LAKE_FIELDS)})")
            if column.type not in types:
                raise ValueError(f"{column.name}: {column.source} needs the type {' or '.join(types)}")
    shapes = {geometry.source for geometry in dataset.geometry}
    for what, names in (("constants", source.constants), ("codes", source.codes)):
        if strangers := sorted(name for name in names if name not in dataset.fields or name in shapes):
            raise ValueError(f"source.{what}: no column has the source {', '.join(strangers)}")
        if reserved := sorted(set(names) & LAKE_FIELDS.keys()):
            raise ValueError(f"source.{what}: the version itself says {', '.join(reserved)}")
    if both := sorted(source.constants.keys() & source.codes.keys()):
        raise ValueError(f"source: a field is either constant or has codes: {', '.join(both)}")
