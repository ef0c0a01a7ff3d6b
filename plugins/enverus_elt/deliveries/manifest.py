"""The manifest of a delivery: what a partner says of the files that lie in the landing zone, and wants done with them.

A delivery's files are at ``<batch_id>/…`` of the landing zone, its manifest, which is uploaded last, at
``manifests/<batch_id>.json``.
"""

import json
import unicodedata
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from enverus_elt.deliveries.names import ARCHIVE, FAILED, LAKE_ID, MANIFESTS, dataset_id
from enverus_elt.errors import DeliveryError

BATCH_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MOST_MANIFEST_BYTES = 1_000_000
MOST_FILES = 1_000
MOST_NAME_BYTES = 255  # of a file's name, on the disk that it is worked on

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
BatchId = Annotated[str, StringConstraints(pattern=BATCH_ID)]
LakeId = Annotated[str, StringConstraints(pattern=LAKE_ID)]


class FileType(StrEnum):
    """What a file holds."""

    VECTOR = "vector"
    RASTER = "raster"
    TABULAR = "tabular"


class Intent(StrEnum):
    """What the platform does by itself; another word is the name of a recipe, or falls back to one of these."""

    VECTOR = "ingest_vector"
    RASTER = "ingest_raster"
    TABULAR = "ingest_tabular"
    JOIN = "join_datasets"


FORMATS: dict[FileType, tuple[str, ...]] = {
    FileType.VECTOR: (
        "shapefile",  # .zip with its parts
        "geopackage",
        "geojson",
        "kml",
        "kmz",
        "filegdb",  # .gdb.zip
        "flatgeobuf",
        "geoparquet",
        "csv",  # with longitude and latitude, or WKT or EWKT
    ),
    FileType.RASTER: ("geotiff", "gdal"),  # gdal: whatever else GDAL reads
    FileType.TABULAR: ("csv", "excel", "parquet"),
}


class _Strict(BaseModel):
    """Immutable; a misspelt field is an error, and a text is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GeometryColumns(_Strict):
    """Where a CSV has its geometry: a pair of columns, or one with WKT or EWKT."""

    longitude: Word | None = None
    latitude: Word | None = None
    wkt: Word | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "GeometryColumns":
        pair = (self.longitude is not None, self.latitude is not None)
        if pair[0] != pair[1] or pair[0] == (self.wkt is not None):
            raise ValueError("name either longitude and latitude, or wkt")
        return self


class DeliveredFile(_Strict):
    """One file. ``path`` is its key in the landing zone; ``size``, ``etag`` and ``sha256`` are held against it.

    ``crs`` counts only where the file itself says none; ``layer`` picks one of several; ``encoding`` is that of a
    Shapefile's or a CSV's text where the file does not say.
    """

    path: Annotated[str, StringConstraints(min_length=1, max_length=900)]
    type: FileType = Field(strict=False)
    format: Word
    crs: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+:[0-9A-Za-z]+$")] | None = None
    layer: Word | None = None
    encoding: Word | None = None
    geometry: GeometryColumns | None = None
    size: Annotated[int, Field(ge=0)] | None = None
    etag: Word | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.path).name

    @property
    def stem(self) -> str:
        """The file's name without folders and endings: what its asset in the lake is called after."""
        return self.name.partition(".")[0] or self.name

    @model_validator(mode="after")
    def _path_stays_where_it_is(self) -> "DeliveredFile":
        parts = self.path.split("/")
        odd = any(unicodedata.category(letter).startswith("C") for letter in self.path)
        if odd or "\\" in self.path or any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"not the plain path of a file: {self.path!r}")
        if len(self.name.encode()) > MOST_NAME_BYTES:
            raise ValueError(f"a file's name has at most {MOST_NAME_BYTES} bytes: {self.path!r}")
        if self.format not in FORMATS[self.type]:
            known = ", ".join(FORMATS[self.type])
            raise ValueError(f"{self.path}: no {self.type.value} format {self.format!r} (known: {known})")
        if (self.format == "csv" and self.type is FileType.VECTOR) != (self.geometry is not None):
            raise ValueError(f"{self.path}: 'geometry' is for vector files of format csv, which need it")
        return self


class LakeVersion(_Strict):
    """A version in the data lake; without a number the newest when the delivery is processed.

    ``asset`` names the file that is meant where the version holds several of the kind.
    """

    dataset: LakeId
    version: Annotated[int, Field(ge=1)] | None = None
    asset: Word | None = None


class JoinConfig(_Strict):
    """Which versions are joined, by which columns: as many of the one as of the other, in the same order."""

    spatial: LakeVersion
    tabular: LakeVersion
    spatial_keys: Annotated[tuple[Word, ...], Field(min_length=1, max_length=8, strict=False)]
    tabular_keys: Annotated[tuple[Word, ...], Field(min_length=1, max_length=8, strict=False)]
    how: Literal["left", "inner"] = "left"

    @model_validator(mode="after")
    def _keys_pair(self) -> "JoinConfig":
        if len(self.spatial_keys) != len(self.tabular_keys):
            raise ValueError("spatial_keys and tabular_keys must name as many columns each")
        return self


class Metadata(_Strict):
    """What people need to know of the data. The dataset's id in the lake is made of ``project`` and ``title``."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    description: Text
    keywords: Annotated[tuple[Word, ...], Field(max_length=50, strict=False)] = ()
    source: Text
    license: Word
    attribution: Text | None = None
    project: Word | None = None
    tags: dict[Word, Word] = {}
    join_config: JoinConfig | None = None


class Manifest(_Strict):
    """A delivery."""

    batch_id: BatchId
    uploader: Word
    intent: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    files: Annotated[tuple[DeliveredFile, ...], Field(max_length=MOST_FILES, strict=False)]
    metadata: Metadata

    @property
    def dataset(self) -> str:
        """Id of the dataset in the lake that the delivery makes a version of."""
        return dataset_id(self.metadata.project, self.metadata.title)

    @property
    def type(self) -> FileType:
        """What all of its files are; a join, which has none, makes a vector dataset."""
        return self.files[0].type if self.files else FileType.VECTOR

    @model_validator(mode="after")
    def _files_are_its_own(self) -> "Manifest":
        own = f"{self.batch_id}/"
        if own in (MANIFESTS, ARCHIVE, FAILED):
            raise ValueError(f"batch_id: {self.batch_id!r} is a folder of the landing zone's own")
        if other := [file.path for file in self.files if not file.path.startswith(own)]:
            raise ValueError(f"files outside of this delivery's folder {own}: {', '.join(other)}")
        for what, names in (("path", [f.path for f in self.files]), ("name", [f.stem.casefold() for f in self.files])):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"two files of the same {what}: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _intent_fits(self) -> "Manifest":
        types = {file.type for file in self.files}
        if self.intent == Intent.JOIN:
            if self.metadata.join_config is None or self.files:
                raise ValueError("join_datasets joins versions of the lake: it needs metadata.join_config and no files")
            return self
        if self.metadata.join_config is not None:
            raise ValueError("metadata.join_config is for the intent join_datasets alone")
        if len(types) != 1:
            raise ValueError("a delivery needs at least one file, and all of one type")
        wanted = {Intent.VECTOR: FileType.VECTOR, Intent.RASTER: FileType.RASTER, Intent.TABULAR: FileType.TABULAR}
        if self.intent in wanted and types != {wanted[Intent(self.intent)]}:
            raise ValueError(f"the intent {self.intent} is not for files of type {types.pop().value}")
        return self


def parse_manifest(body: bytes, batch_id: str | None = None) -> Manifest:
    """The manifest in ``body``; raises DeliveryError with ``field: what`` a line for each mistake.

    ``batch_id`` is what its own name says, where it has one.
    """
    if len(body) > MOST_MANIFEST_BYTES:
        raise DeliveryError(f"a manifest has at most {MOST_MANIFEST_BYTES:,} bytes, this one {len(body):,}")
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DeliveryError(f"the manifest is not JSON: {error}") from error
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        raise DeliveryError("\n".join(_mistakes(error))) from error
    if batch_id is not None and manifest.batch_id != batch_id:
        raise DeliveryError(f"batch_id: {manifest.batch_id!r}, but the manifest is called {batch_id}.json")
    return manifest


def manifest_schema() -> dict[str, Any]:
    """The manifest's JSON Schema, for those who write one."""
    schema = Manifest.model_json_schema()
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return {**named, "title": "Delivery manifest"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the field {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _mistakes(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False):
        field = ".".join(str(part) for part in item["loc"]) or "manifest"
        lines.append(f"{field}: {item['msg'].removeprefix('Value error, ')}")
    return lines
