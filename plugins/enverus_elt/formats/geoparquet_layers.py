"""GeoParquet as a layer: read a row group's batch at a time, by what its own metadata says of it."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.ogr_layers import readable
from enverus_elt.formats.reference_systems import WGS84, read_crs
from enverus_elt.formats.vector_layer import BATCH_ROWS, VectorLayer, layer_columns


def geoparquet_layer(path: Path, what: str) -> VectorLayer:
    """The one layer of a GeoParquet file of any version; raises DeliveryError for one that is none."""
    with readable(what), pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
        text = (file.metadata.metadata or {}).get(b"geo")
    if text is None:
        raise DeliveryError(
            f"{what}: is Parquet, but has no GeoParquet metadata ('geo'): deliver it as tabular, or write it with "
            "GeoPandas or GDAL"
        )
    geometry, facts = _geometry(text, schema, what)
    # A covering box is made anew.
    left_out = {geometry, *_covering(facts)}
    names = [field.name for field in schema if field.name not in left_out]
    crs = facts.get("crs", WGS84.to_json_dict())  # left out means longitude and latitude; null means unknown
    return VectorLayer(
        name=geometry,
        columns=layer_columns([schema.field(name) for name in names], what),
        crs=read_crs(json.dumps(crs), what) if crs is not None else None,
        count=rows,
        geometry_type=", ".join(facts.get("geometry_types") or ["Unknown"]),
        what=what,
        read=partial(_stream, path, [*names, geometry], what),
        facts={"driver": "GeoParquet", "layer": geometry},
    )


def _geometry(text: bytes, schema: pa.Schema, what: str) -> tuple[str, dict[str, Any]]:
    """The primary geometry column and its metadata."""
    try:
        geo = json.loads(text)
        name = geo["primary_column"]
        facts: dict[str, Any] = dict(geo["columns"][name])
        encoding, edges = facts["encoding"], facts.get("edges", "planar")
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError(f"{what}: its GeoParquet metadata ('geo') says no primary column: write it anew") from error
    if name not in schema.names:
        raise DeliveryError(f"{what}: its GeoParquet metadata names a column {name!r} that it does not have")
    if encoding != "WKB":
        raise DeliveryError(f"{what}: its geometries are encoded as {encoding!r}: write them as WKB")
    if edges != "planar":
        raise DeliveryError(f"{what}: its edges are {edges!r}: write it with planar ones, densified")
    return name, facts


def _covering(facts: dict[str, Any]) -> set[str]:
    try:
        return {corner[0] for corner in facts["covering"]["bbox"].values()}
    except (KeyError, TypeError, IndexError, AttributeError):
        return set()


def _stream(path: Path, names: list[str], what: str) -> Iterator[pa.RecordBatch]:
    row = 0
    with readable(what, lambda: row), pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
            yield batch.select(names)
            row += batch.num_rows
