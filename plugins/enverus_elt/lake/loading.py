"""A delivered layer into a scratch table: nothing is left out, and nothing goes on that no step could work with."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.geoparquet import GEOMETRY
from enverus_elt.formats.reference_systems import choose_crs, code_of
from enverus_elt.formats.vector_layer import VectorLayer
from enverus_elt.lake.engine import load_batches
from enverus_elt.lake.layers import ROW, Layer, LayerColumn, ask, change, rebuild
from enverus_elt.lake.workshop import Workshop

SIMPLE = (
    "ST_Point", "ST_LineString", "ST_Polygon", "ST_MultiPoint", "ST_MultiLineString", "ST_MultiPolygon",
    "ST_GeometryCollection",
)  # fmt: skip


def load_layer(
    shop: Workshop, source: VectorLayer, table: str, in_manifest: str | None
) -> tuple[Layer, dict[str, Any]]:
    """The layer as a table, and what is to be known of it: where its reference system is from, and what it holds.

    Curves become lines, in 32 pieces a quarter of a circle. Raises DeliveryError for a file without features, for a
    geometry that is no simple feature, and for coordinates that are not finite.
    """
    crs, crs_from = choose_crs(source.crs, in_manifest, source.what)
    columns = tuple(LayerColumn(column.name, column.type, column.source) for column in source.columns)
    layer = Layer(table, columns, crs, source.what)
    schema = source.schema.insert(0, pa.field(ROW, pa.int64()))
    rows = load_batches(shop, table, schema, _numbered(source, schema))
    if not rows:
        raise DeliveryError(f"{source.what}: holds no features")
    rebuild(shop, layer, "recipes/read_wkb.sql", "reading the geometry", srid=layer.srid)
    curves = change(shop, layer, "recipes/linearize_curves.sql", "a curve as lines")
    _refuse_odd(shop, layer)
    facts = {
        **source.facts,
        "crs": {"name": crs.name, "code": code_of(crs), "from": crs_from},
        "features": {"rows": rows, **describe(shop, layer)},
    }
    if crs_from == "file" and in_manifest not in (None, code_of(crs)):
        facts["crs"]["manifest_says"] = in_manifest  # the file knows better, but somebody may want to know
    if curves:
        facts["features"]["curves_linearized"] = curves
    return layer, facts


def describe(shop: Workshop, layer: Layer) -> dict[str, Any]:
    """What kinds of geometries a layer has, by number, and how many of its rows have none."""
    kinds, without, empty = {}, 0, 0
    for row in ask(shop, layer, "recipes/count_kinds.sql"):
        if row["kind"] is None:
            without += row["count"]
        else:
            kinds[row["kind"] + {0: "", 1: " M", 2: " Z", 3: " ZM"}[row["dimensions"]]] = row["count"]
            empty += row["empty"]
    return {"types": kinds, "without_geometry": without, "empty_geometries": empty}


def _numbered(source: VectorLayer, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    row = source.first_row
    for batch in source.batches():
        numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
        row += batch.num_rows
        yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=schema)


def _refuse_odd(shop: Workshop, layer: Layer) -> None:
    for row in ask(shop, layer, "recipes/find_odd_geometries.sql", kinds=SIMPLE):
        raise DeliveryError(f"{layer.what}: row {row[ROW]:,}: {GEOMETRY}: {row['reason']}")
