"""What the metadata of a GeoParquet file say of its geometries, and ids made of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from enverus_elt.errors import SourceError

WGS84 = "OGC:CRS84"  # what a geometry is in where the metadata do not say
DECIMALS = 7  # of a degree, a centimetre: nearer points are the same one
ID_LETTERS = 32
MULTIS = (4, 5, 6)  # GEOS' numbers of MultiPoint, MultiLineString and MultiPolygon


@dataclass(frozen=True)
class Layer:
    """Geometry columns with what is said of each, and columns that only repeat their boxes for readers in a hurry."""

    primary: str = ""
    geometries: dict[str, dict[str, Any]] = field(default_factory=dict)
    coverings: frozenset[str] = frozenset()

    def check(self, name: str, srid: int, where: str, column: str) -> None:
        """Raise SourceError where a column is no geometry in the reference system that the catalog wants."""
        if (said := self.geometries.get(name)) is None:
            raise SourceError(f"{where} is no geometry, and {column} needs one: deliver it as vector data")
        if said.get("encoding") != "WKB":
            raise SourceError(f"{where} is encoded as {said.get('encoding')}, not as WKB")
        found = _reference(said, where)
        if not CRS.from_epsg(srid).equals(found, ignore_axis_order=True):
            raise SourceError(
                f"{where} is in {found.name}, and {column} wants EPSG:{srid}: deliver it with a recipe that reprojects,"
                " ingest_vector say"
            )


def layer_of(metadata: Mapping[bytes, bytes] | None, where: str) -> Layer:
    """What the file's metadata say; nothing in a plain Parquet file."""
    text = (metadata or {}).get(b"geo")
    if text is None:
        return Layer()
    try:
        said = json.loads(text)
        columns = {str(name): dict(facts) for name, facts in said["columns"].items()}
        boxes = {
            path[0]
            for facts in columns.values()
            for path in (facts.get("covering") or {}).get("bbox", {}).values()
        }  # fmt: skip
        return Layer(str(said["primary_column"]), columns, frozenset(boxes))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(f"{where}: its GeoParquet metadata are none: {type(error).__name__}") from error


def geometry_ids(column: pa.Array) -> list[str | None]:
    """An id for each geometry, made of its shape alone: for features that their source gives none.

    It does not change with the direction in which a line is drawn, with the order of parts, the start of a ring, a
    height or a difference below a centimetre. A shape that was edited is another feature: its row is deleted, and a
    new one comes. None for what is empty or cannot be read.
    """
    shapes = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    rounded = shapely.transform(shapes[usable], _round)
    plain = shapely.to_wkb(shapely.normalize(rounded), output_dimension=2, byte_order=1, flavor="iso")
    ids: list[str | None] = [None] * len(shapes)
    for number, body in zip(np.flatnonzero(usable), plain, strict=True):
        ids[number] = hashlib.sha256(body).hexdigest()[:ID_LETTERS]
    return ids


def single_parts(column: pa.Array) -> list[bytes | None]:
    """Geometries of which a multi of one part is that part: recipes wrap all of a layer, so that it has one type."""
    values: list[bytes | None] = column.to_pylist()
    shapes = shapely.from_wkb(values, on_invalid="ignore")
    wrapped = np.isin(shapely.get_type_id(shapes), MULTIS) & (shapely.get_num_geometries(shapes) == 1)
    bare = shapely.to_wkb(shapely.get_geometry(shapes[wrapped], 0), flavor="iso")
    for number, body in zip(np.flatnonzero(wrapped), bare, strict=True):
        values[number] = body
    return values


def _round(coordinates: Any) -> Any:
    return np.round(coordinates, DECIMALS) + 0.0  # no negative zero


def _reference(said: dict[str, Any], where: str) -> CRS:
    crs = said.get("crs", WGS84)
    if crs is None:
        raise SourceError(f"{where}: nobody knows its reference system")
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise SourceError(f"{where}: its reference system cannot be read: {error}") from error
