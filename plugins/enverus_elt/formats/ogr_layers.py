"""Vector formats that GDAL reads, as streams of Arrow batches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.reference_systems import read_crs
from enverus_elt.formats.shapefile import Shapefile, field_names
from enverus_elt.formats.vector_layer import BATCH_ROWS, VectorLayer, layer_columns

UNREADABLE = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, pa.ArrowException, OSError,
              UnicodeError, ValueError, RuntimeError)  # fmt: skip
WKB = ("geoarrow.wkb", "ogc.wkb")
# Bytes pass through it and back unchanged, so that text is decoded here, strictly, and not by GDAL as well as it goes.
TRANSPARENT = "ISO-8859-1"

Recode = Callable[[pa.RecordBatch, int], pa.RecordBatch]


def layer_names(path: Path, what: str) -> list[tuple[str, bool]]:
    """The layers in a file, each with whether it has geometries."""
    with readable(what):
        return [(str(name), kind is not None) for name, kind in pyogrio.list_layers(path)]


def ogr_layer(path: Path, layer: str | None, drivers: tuple[str, ...], what: str) -> VectorLayer:
    """One layer of a file that must be one of the ``drivers``'."""
    return _layer(path, layer, drivers, what, None)


def shapefile_layer(shapefile: Shapefile, what: str) -> VectorLayer:
    """The layer of a Shapefile, its text decoded by the encoding that was found out."""
    found = _layer(shapefile.path, None, ("ESRI Shapefile",), what, shapefile)
    facts = {"encoding": shapefile.encoding, "encoding_from": shapefile.encoding_from}
    return VectorLayer(**{**vars(found), "count": shapefile.rows, "facts": found.facts | facts})


def _layer(
    path: Path, layer: str | None, drivers: tuple[str, ...], what: str, shapefile: Shapefile | None
) -> VectorLayer:
    encoding = TRANSPARENT if shapefile else None
    with readable(what):
        info = pyogrio.read_info(path, layer=layer, encoding=encoding)
        with pyogrio.raw.open_arrow(path, layer=layer, encoding=encoding, use_pyarrow=True) as (_, reader):
            schema = reader.schema
    if info["driver"] not in drivers:
        raise DeliveryError(f"{what}: its content is {info['driver']}, not {drivers[0]}: say the right format")
    geometry = _geometry_column(schema, what)
    fields = [field for number, field in enumerate(schema) if number != geometry]
    recode: Recode | None = None
    if shapefile:
        names = field_names(path, shapefile.encoding)
        fields = [field.with_name(name) for field, name in zip(fields, names, strict=True)]
        recode = partial(_recoded, codec=shapefile.encoding, names=names, what=what)
    # GDAL reports the name of a GeoPackage's or a FileGDB's system in the same way as its code.
    crs = read_crs(info["crs"], what) if info["crs"] else None
    count = int(info["features"]) if info["features"] >= 0 else None
    facts = {"driver": info["driver"], "layer": str(info["layer_name"])}
    read = partial(_stream, path, layer, encoding=encoding, geometry=geometry, recode=recode, what=what)
    kind = str(info["geometry_type"])
    return VectorLayer(str(info["layer_name"]), layer_columns(fields, what), crs, count, kind, what, read, facts)


def _stream(
    path: Path, layer: str | None, *, encoding: str | None, geometry: int, recode: Recode | None, what: str
) -> Iterator[pa.RecordBatch]:
    row = 0
    source = pyogrio.raw.open_arrow(path, layer=layer, encoding=encoding, batch_size=BATCH_ROWS, use_pyarrow=True)
    with readable(what, lambda: row), source as (_, reader):
        order = [number for number in range(len(reader.schema)) if number != geometry] + [geometry]
        for batch in reader:
            ordered = batch.select(order)
            yield recode(ordered, row + 1) if recode else ordered
            row += batch.num_rows


def _geometry_column(schema: pa.Schema, what: str) -> int:
    for number, field in enumerate(schema):
        if (field.metadata or {}).get(b"ARROW:extension:name", b"").decode() in WKB:
            return number
        if isinstance(field.type, pa.BaseExtensionType) and field.type.extension_name in WKB:
            return number
    raise DeliveryError(f"{what}: the layer has no geometries: deliver it as tabular")


def _recoded(batch: pa.RecordBatch, first_row: int, *, codec: str, names: list[str], what: str) -> pa.RecordBatch:
    """The batch with its text in the right encoding; most text is ASCII, which is the same in all of them."""
    arrays = list(batch.columns)
    for number, name in enumerate(names):
        array = arrays[number]
        if pa.types.is_string(array.type) and not pc.all(pc.string_is_ascii(array)).as_py():
            arrays[number] = _decoded(array, codec, first_row, f"column {name!r}", what)
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _decoded(array: pa.Array, codec: str, first_row: int, column: str, what: str) -> pa.Array:
    words = array.dictionary_encode()
    texts = []
    for number, word in enumerate(words.dictionary.to_pylist()):
        try:
            texts.append(word.encode("latin-1").decode(codec))
        except UnicodeError as error:
            row = first_row + pc.index(words.indices, pa.scalar(number, words.indices.type)).as_py()
            raise DeliveryError(
                f"{what}: row {row:,}, {column}: the text is not {codec}: give the right encoding, in the Shapefile's "
                ".cpg or, where it has none, as the file's 'encoding' in the manifest"
            ) from error
    return pa.DictionaryArray.from_arrays(words.indices, pa.array(texts, pa.string())).dictionary_decode()


@contextmanager
def readable(what: str, row: Callable[[], int] | None = None) -> Iterator[None]:
    """What GDAL, Arrow and Python say of a broken file, as one line that names it."""
    try:
        yield
    except DeliveryError:
        raise
    except UNREADABLE as error:
        where = f" after row {row():,}" if row and row() else ""
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise DeliveryError(f"{what}: cannot be read{where}: {line}") from error
