"""Delivered rasters, opened through GDAL: only drivers that read the delivered file and nothing it points to.

A virtual raster or a web service's description can name any file of this machine and any address: those drivers are
not asked. What is opened has cells, bands and a place on Earth, or is refused.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import rasterio.crs
import rasterio.shutil
from pyproj import CRS
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from enverus_elt.deliveries.manifest import DeliveredFile
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.archives import unpack
from enverus_elt.formats.reference_systems import choose_crs, read_crs

CACHE_MB = 128  # GDAL's block cache, which is what a raster takes of memory however large it is
MOST_BANDS = 64
MOST_BYTES = 200 * 10**9  # of cells, unpacked
GEOTIFF = ("GTiff",)
# Formats that hold all they need in their own files; those with subdatasets ask for the delivery's 'layer'.
GDAL = (
    *GEOTIFF, "HFA", "JP2OpenJPEG", "netCDF", "HDF5", "GRIB", "NITF", "AIG", "AAIGrid", "GRASSASCIIGrid", "GSBG",
    "GS7BG", "GSAG", "ZMap", "GXF", "USGSDEM", "DTED", "SRTMHGT", "BT", "EHdr", "ENVI", "RST", "SAGA", "PCRaster",
    "RRASTER", "BAG", "GPKG", "MBTiles", "PNG", "JPEG", "XYZ",
)  # fmt: skip
FOLDERS = re.compile(r"/(?:[^\s'\"/]+/)+")  # of this machine, in a message of GDAL's
UNNAMED = ('LOCAL_CS["unnamed"', 'ENGCRS["unnamed"', 'LOCAL_CS["unknown"', 'ENGCRS["unknown"')
RASTER_ERRORS = (RasterioError, CPLE_BaseError)


@dataclass(frozen=True)
class Raster:
    """An open raster with a place on Earth; ``crs_from`` says who told where: the file, its points, or the manifest."""

    dataset: DatasetReader
    crs: CRS
    crs_from: str
    has_ground_control_points: bool = False


@contextmanager
def gdal_settings(folder: Path) -> Iterator[None]:
    """GDAL with bounded memory, its temporary files in ``folder``, and no way out to the network."""
    with rasterio.Env(
        GDAL_CACHEMAX=CACHE_MB,
        GDAL_SWATH_SIZE=CACHE_MB * 2**20 // 8,
        CPL_TMPDIR=str(folder),
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS="{none}",
        GDAL_HTTP_TIMEOUT="1",
        GTIFF_SRS_SOURCE="EPSG",
    ):
        yield


@contextmanager
def told(name: str, doing: str = "not a raster that can be read") -> Iterator[None]:
    """GDAL's errors as the delivery's, in one line that does not name this machine's folders."""
    try:
        yield
    except RASTER_ERRORS as error:
        reason = " ".join(str(error.__cause__ or error).split())
        raise DeliveryError(f"{name}: {doing}: {FOLDERS.sub('', reason)[:300]}") from error


@contextmanager
def open_raster(path: Path, file: DeliveredFile, folder: Path) -> Iterator[Raster]:
    """The delivered raster; ``folder`` is where an archive is unpacked, and where a missing reference system is added.

    Raises DeliveryError for what is no raster, has several and no layer named, or has no place on Earth.
    """
    with ExitStack() as stack:
        stack.enter_context(gdal_settings(folder))
        drivers = GEOTIFF if file.format == "geotiff" else GDAL
        dataset = _chosen(_candidates(path, folder), file, drivers, stack)
        _check_size(dataset, file.name)
        control = bool(dataset.gcps[0]) and dataset.transform.is_identity
        if dataset.transform.is_identity and not control:
            raise DeliveryError(f"{file.name}: the raster does not say where it lies: it is not georeferenced")
        in_file = _crs_of(dataset.gcps[1] if control else dataset.crs, file.name)
        crs, crs_from = choose_crs(in_file, file.crs, file.name)
        if in_file is None and not control:
            dataset = _with_crs(dataset, crs, folder, stack)
        yield Raster(dataset, crs, crs_from, control)


def _candidates(path: Path, folder: Path) -> list[Path]:
    if zipfile.is_zipfile(path):
        return sorted(unpack(path, folder / f"{path.name}.unpacked"))
    return [path]


def _chosen(paths: Sequence[Path], file: DeliveredFile, drivers: Sequence[str], stack: ExitStack) -> DatasetReader:
    """The one raster among a delivery's files; a companion that a raster already counts as its own is none itself."""
    found: dict[str, DatasetReader] = {}
    used: set[str] = set()
    problem: Exception | None = None
    for path in paths:
        if str(path) in used:
            continue
        try:
            dataset = _opened(path, drivers, stack)
        except RASTER_ERRORS as error:
            problem = problem or error
            continue
        used |= set(dataset.files)
        if dataset.count:
            found[path.name] = dataset
        else:
            for address in dataset.subdatasets:
                with told(file.name):
                    found[address.rpartition(":")[2].strip('"')] = _opened(address, drivers, stack)
    if not found:
        with told(file.name, f"not a {file.format} raster that can be read"):
            raise problem or RasterioError("there is no raster in it")
    if file.layer is not None:
        if file.layer not in found:
            raise DeliveryError(f"{file.name}: there is no raster {file.layer!r} in it (there are: {', '.join(found)})")
        return found[file.layer]
    if len(found) > 1:
        raise DeliveryError(f"{file.name}: {len(found)} rasters ({', '.join(found)}): name one as the file's layer")
    return next(iter(found.values()))


def _opened(path: Path | str, drivers: Sequence[str], stack: ExitStack) -> DatasetReader:
    """By the first driver that knows the file; each is asked by name, so that no other one is."""
    problem: Exception | None = None
    for driver in drivers:
        try:
            return stack.enter_context(rasterio.open(path, driver=driver))
        except RASTER_ERRORS as error:
            problem = problem or error
    raise problem or RasterioError("no driver to ask")


def _check_size(dataset: DatasetReader, name: str) -> None:
    if dataset.count > MOST_BANDS:
        raise DeliveryError(
            f"{name}: {dataset.count} bands, at most {MOST_BANDS} are taken: deliver those that are needed"
        )
    if complex_ := [kind for kind in dataset.dtypes if kind.startswith("complex")]:
        raise DeliveryError(f"{name}: cells are {complex_[0]}: deliver amplitude or phase as real numbers")
    cells = dataset.width * dataset.height
    size = sum(cells * np.dtype(kind).itemsize for kind in dataset.dtypes)
    if size > MOST_BYTES:
        raise DeliveryError(
            f"{name}: {dataset.width:,} by {dataset.height:,} cells are {size // 10**9:,} GB, at most "
            f"{MOST_BYTES // 10**9:,} are taken: deliver it in tiles"
        )


def _crs_of(crs: rasterio.crs.CRS | None, name: str) -> CRS | None:
    if not crs:
        return None
    text = crs.to_wkt()
    # What GDAL makes of a GeoTIFF whose keys tell of pixels only.
    return None if text.startswith(UNNAMED) else read_crs(text, name)


def _with_crs(dataset: DatasetReader, crs: CRS, folder: Path, stack: ExitStack) -> DatasetReader:
    """The same cells with a reference system, by a virtual raster of our own: the delivered file stays as it is."""
    path = folder / f"{Path(dataset.name).name}.located.vrt"
    rasterio.shutil.copy(dataset, path, driver="VRT")
    with rasterio.open(path, "r+", driver="VRT") as virtual:
        virtual.crs = rasterio.crs.CRS.from_wkt(crs.to_wkt())
    return stack.enter_context(rasterio.open(path, driver="VRT"))
