"""KML's folders as layers, in WGS 84, as KML always is."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.kml import KmlLayer, Placemark, placemarks, scan_kml
from enverus_elt.formats.reference_systems import WGS84
from enverus_elt.formats.vector_layer import BATCH_ROWS, VectorLayer, layer_columns

TYPES = {
    "int": pa.int64(), "uint": pa.int64(), "short": pa.int64(), "ushort": pa.int64(), "float": pa.float64(),
    "double": pa.float64(), "bool": pa.bool_(),
}  # fmt: skip


def kml_layers(path: Path, what: str) -> list[VectorLayer]:
    """All layers of a KML file that have placemarks."""
    found = scan_kml(path, what)
    return [_layer(path, layer, f"{what}, layer {layer.name}" if len(found) > 1 else what) for layer in found]


def _layer(path: Path, layer: KmlLayer, what: str) -> VectorLayer:
    fields = [pa.field(name, TYPES.get(layer.types.get(name, ""), pa.string())) for name in layer.columns]
    return VectorLayer(
        name=layer.name,
        columns=layer_columns(fields, what),
        crs=WGS84,
        count=layer.count,
        geometry_type="Unknown",
        what=what,
        read=partial(_stream, path, layer.name, fields, what),
        facts={"driver": "KML", "layer": layer.name},
    )


def _stream(path: Path, layer: str, fields: list[pa.Field], what: str) -> Iterator[pa.RecordBatch]:
    row = 1
    waiting = placemarks(path, layer, what)
    while group := tuple(islice(waiting, BATCH_ROWS)):
        arrays = [_typed(group, field, row, what) for field in fields]
        arrays.append(pa.array([item.wkb for item in group], pa.binary()))
        row += len(group)
        yield pa.RecordBatch.from_arrays(arrays, names=[*(field.name for field in fields), "geometry"])


def _typed(group: tuple[Placemark, ...], field: pa.Field, first_row: int, what: str) -> pa.Array:
    texts = [item.values.get(field.name) for item in group]
    try:
        return pa.array(texts, pa.string()).cast(field.type)
    except pa.ArrowInvalid as error:
        for row, text in enumerate(texts, start=first_row):
            try:
                pa.scalar(text).cast(field.type)
            except pa.ArrowInvalid:
                raise DeliveryError(
                    f"{what}: row {row:,}, column {field.name!r}: {(text or '')[:40]!r} is no {field.type}, as the "
                    "file's own Schema says it is"
                ) from error
        raise
