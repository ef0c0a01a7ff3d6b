"""Which file of a lake version a builder works with: the only one of its kind, or the one that is named."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from enverus_elt.deliveries.manifest import LakeVersion
from enverus_elt.errors import DeliveryError
from enverus_elt.lake.reading import LakeInput

GEO = b"geo"


def spatial_file(wanted: LakeVersion, found: LakeInput) -> Path:
    """A version's GeoParquet."""
    return _only(wanted, found, "GeoParquet", lambda path: path.suffix == ".parquet" and _has_geometry(path))


def table_file(wanted: LakeVersion, found: LakeInput) -> Path:
    """A version's Parquet without geometry."""
    return _only(wanted, found, "table", lambda path: path.suffix == ".parquet" and not _has_geometry(path))


def raster_file(wanted: LakeVersion, found: LakeInput) -> Path:
    """A version's Cloud Optimized GeoTIFF."""
    return _only(wanted, found, "raster", lambda path: path.suffix == ".tif")


def _only(wanted: LakeVersion, found: LakeInput, kind: str, fits: Callable[[Path], bool]) -> Path:
    files = {path.name: path for path in found.files if fits(path)}
    what = f"{found.dataset} v{found.version}"
    have = ", ".join(sorted(path.name for path in found.files)) or "nothing"
    if wanted.asset is not None:
        if wanted.asset not in files:
            raise DeliveryError(f"{what}: has no {kind} {wanted.asset!r}; it holds {have}")
        return files[wanted.asset]
    if not files:
        raise DeliveryError(f"{what}: holds no {kind}, but {have}: name a version that does")
    if len(files) > 1:
        raise DeliveryError(
            f"{what}: {len(files)} files are a {kind}: name one as its asset: {', '.join(sorted(files))}"
        )
    return next(iter(files.values()))


def _has_geometry(path: Path) -> bool:
    return GEO in (pq.read_metadata(path).metadata or {})
