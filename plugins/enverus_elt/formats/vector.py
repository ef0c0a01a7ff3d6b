"""Vector files that partners hand in, by their format, as layers that can be streamed.

A file must be what the manifest says: it is looked at before GDAL is, which would open whatever it recognises, a text
that names other files among it.
"""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from enverus_elt.deliveries.manifest import DeliveredFile
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.archives import unpack
from enverus_elt.formats.csv_layers import csv_layer
from enverus_elt.formats.geoparquet_layers import geoparquet_layer
from enverus_elt.formats.kml_layers import kml_layers
from enverus_elt.formats.ogr_layers import layer_names, ogr_layer, shapefile_layer
from enverus_elt.formats.shapefile import open_shapefile
from enverus_elt.formats.vector_layer import VectorLayer

log = logging.getLogger(__name__)

SIGNATURES = {
    "shapefile": b"PK",
    "geopackage": b"SQLite format 3\x00",
    "geojson": b"{",
    "kml": b"<",
    "kmz": b"PK",
    "filegdb": b"PK",
    "flatgeobuf": b"fgb",
    "geoparquet": b"PAR1",
}
MARK = b"\xef\xbb\xbf"
JSON = ("GeoJSON", "GeoJSONSeq", "JSONFG")


def open_vector(path: Path, file: DeliveredFile) -> VectorLayer:
    """The layer that the manifest names, or the only one; raises DeliveryError that lists them where there are more."""
    layers = open_layers(path, file)
    if len(layers) > 1:
        names = ", ".join(repr(layer.name) for layer in layers)
        raise DeliveryError(f"{file.name}: has {len(layers)} layers: say which as the file's 'layer': {names}")
    return layers[0]


def open_layers(path: Path, file: DeliveredFile) -> list[VectorLayer]:
    """All layers with geometries, or the one that the manifest names. Archives are unpacked beside ``path``."""
    if file.format in SIGNATURES:
        _check_signature(path, file)
    readers: dict[str, Callable[[Path, DeliveredFile], list[VectorLayer]]] = {
        "shapefile": _shapefiles,
        "geopackage": lambda path, file: _ogr(path, file, ("GPKG",)),
        "geojson": lambda path, file: _ogr(path, file, JSON),
        "kml": _kml,
        "kmz": lambda path, file: _kml(_main_kml(_unpacked(path), file), file),
        "filegdb": lambda path, file: _ogr(_geodatabase(_unpacked(path), file), file, ("OpenFileGDB",)),
        "flatgeobuf": lambda path, file: _ogr(path, file, ("FlatGeobuf",)),
        "geoparquet": lambda path, file: [geoparquet_layer(path, file.name)],
        "csv": lambda path, file: [csv_layer(path, file, file.name)],
    }
    return readers[file.format](path, file)


def _check_signature(path: Path, file: DeliveredFile) -> None:
    with path.open("rb") as opened:
        head = opened.read(4096).removeprefix(MARK)
    if file.format in ("geojson", "kml"):
        head = head.lstrip()
    if not head.startswith(SIGNATURES[file.format]):
        shown = head[:8].decode("latin-1").encode("unicode_escape").decode() or "nothing"
        packed = " as a .zip with all of its parts" if file.format == "shapefile" else ""
        raise DeliveryError(f"{file.name}: is no {file.format}{packed}: it begins with {shown!r}")
    if file.format == "kml" and b"<kml" not in head.replace(b":kml", b"<kml"):
        raise DeliveryError(f"{file.name}: is XML, but no KML: there is no <kml> at its beginning")


def _ogr(path: Path, file: DeliveredFile, drivers: tuple[str, ...]) -> list[VectorLayer]:
    found = layer_names(path, file.name)
    spatial = [name for name, has_geometry in found if has_geometry]
    chosen = _chosen(spatial, file)
    several = len(chosen) > 1
    layers = [ogr_layer(path, name, drivers, f"{file.name}, layer {name}" if several else file.name) for name in chosen]
    if skipped := [name for name, has_geometry in found if not has_geometry]:
        log.warning("%s: left out, for they have no geometries: %s", file.name, ", ".join(skipped))
    return layers


def _kml(path: Path, file: DeliveredFile) -> list[VectorLayer]:
    layers = {layer.name: layer for layer in kml_layers(path, file.name)}
    return [layers[name] for name in _chosen(list(layers), file)]


def _shapefiles(path: Path, file: DeliveredFile) -> list[VectorLayer]:
    shps = {item.stem: item for item in _unpacked(path) if item.suffix.lower() == ".shp"}
    if not shps:
        raise DeliveryError(f"{file.name}: there is no .shp in the archive")
    layers = []
    for name in _chosen(list(shps), file):
        what = f"{file.name}, {name}" if len(shps) > 1 else file.name
        layers.append(shapefile_layer(open_shapefile(shps[name], file.encoding, what), what))
    return layers


def _chosen(names: list[str], file: DeliveredFile) -> list[str]:
    if not names:
        raise DeliveryError(f"{file.name}: no layer has geometries: deliver it as tabular")
    if file.layer is None:
        return names
    if file.layer not in names:
        raise DeliveryError(f"{file.name}: there is no layer {file.layer!r}; there are {', '.join(map(repr, names))}")
    return [file.layer]


def _unpacked(path: Path) -> list[Path]:
    return unpack(path, Path(tempfile.mkdtemp(prefix=f"{path.stem}-", dir=path.parent)))


def _main_kml(files: list[Path], file: DeliveredFile) -> Path:
    """A KMZ's one KML, or its doc.kml; pictures and models beside it are of no use here."""
    found = [item for item in files if item.suffix.lower() == ".kml"]
    main = found if len(found) == 1 else [item for item in found if item.name.lower() == "doc.kml"]
    if len(main) != 1:
        raise DeliveryError(f"{file.name}: a KMZ holds one KML, or one called doc.kml; this one holds {len(found)}")
    return main[0]


def _geodatabase(files: list[Path], file: DeliveredFile) -> Path:
    """The folder of a FileGDB, which GDAL knows by its ending alone."""
    folders = {item.parent for item in files if item.suffix.lower() == ".gdbtable"}
    if len(folders) != 1:
        raise DeliveryError(f"{file.name}: an archive holds one FileGDB, this one holds {len(folders)}")
    (folder,) = folders
    if folder.suffix.lower() == ".gdb":
        return folder
    named = folder.with_name(f"{folder.name}.gdb")
    folder.rename(named)
    return named
