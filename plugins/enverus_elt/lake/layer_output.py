"""A layer out of its scratch table: spatially sorted GeoParquet, and what the ledger has to know of it."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from enverus_elt.deliveries.manifest import FileType
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.datum_shifts import Box, in_degrees
from enverus_elt.formats.geoparquet import GEOMETRY, GeoParquetWriter
from enverus_elt.formats.reference_systems import code_of
from enverus_elt.lake.built import PARQUET, AssetColumn, BuiltAsset
from enverus_elt.lake.column_types import sql_type
from enverus_elt.lake.engine import read_batches
from enverus_elt.lake.layers import ROW, Layer, ask
from enverus_elt.lake.workshop import Workshop
from enverus_elt.sql import render

THINNEST = 1e-5  # degrees, some metre: what a footprint of one point is around it
WORLD = shapely.box(-180, -90, 180, 90)


def write_layer(shop: Workshop, layer: Layer, name: str, facts: dict[str, Any]) -> BuiltAsset:
    """The layer as ``<name>.parquet`` in the workshop's folder. Raises DeliveryError where geometries have M values."""
    for row in ask(shop, layer, "recipes/find_measured.sql"):
        raise DeliveryError(
            f"{layer.what}: row {row[ROW]:,}: the geometry has M values, which GeoParquet has none for: let the "
            "recipe's force_2d drop them"
        )
    path = shop.folder / f"{name}.parquet"
    fields = [pa.field(column.name, column.type) for column in layer.columns]
    schema = pa.schema([*fields, pa.field(GEOMETRY, pa.binary())])
    types = [(column.name, sql_type(column.type)) for column in layer.columns]
    query = render("recipes/select_layer.sql", schema=shop.schema, table=layer.table, types=types)
    with GeoParquetWriter(path, schema, layer.crs, oriented=True) as writer:
        for batch in read_batches(shop, query, schema):
            writer.write(batch)
    written = writer.written
    if written is None:
        raise AssertionError("the writer ended well")
    code = code_of(layer.crs)
    custom = {} if code else {"crs_wkt": layer.crs.to_wkt()}
    return BuiltAsset(
        name=path.name,
        path=path,
        type=FileType.VECTOR,
        media_type=PARQUET,
        content_sha256=written.content_sha256,
        rows=written.rows,
        crs=code,
        bbox=_within_the_world(in_degrees(layer.crs, written.bounds)) if written.bounds else None,
        footprint=footprint(in_degrees(layer.crs, box) for box in written.boxes),
        columns=tuple(AssetColumn(column.name, str(column.type), column.source) for column in layer.columns),
        facts={**facts, "geometry_types": list(written.geometry_types), **custom},
    )


def footprint(boxes: Iterable[Box | None]) -> bytes | None:
    """WKB of what the boxes cover together, in degrees of WGS 84; None where there is no box with a place on Earth.

    The boxes are those of the file's row groups: what is near is in one, so they tell more than one box around all.
    """
    shapes = [shapely.box(*box).buffer(THINNEST, join_style="mitre") for box in boxes if box is not None]
    covered: BaseGeometry = shapely.union_all(shapes).intersection(WORLD)
    if covered.is_empty:
        return None
    whole = covered if covered.geom_type == "MultiPolygon" else shapely.MultiPolygon([covered])
    return bytes(shapely.to_wkb(whole))


def _within_the_world(box: Box | None) -> Box | None:
    if box is None:
        return None
    west, south, east, north = box
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
