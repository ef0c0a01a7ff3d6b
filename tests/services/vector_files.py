"""Vector files as partners make them, written by GDAL and GeoPandas, each with what a reader has to find in it."""

import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from enverus_elt.deliveries.manifest import DeliveredFile

NAD27 = "EPSG:4267"


def delivered(name: str, file_format: str, **facts: Any) -> DeliveredFile:
    """A vector file as a manifest of batch ``b1`` names it."""
    return DeliveredFile(path=f"b1/{name}", type="vector", format=file_format, **facts)


def leases(crs: str = NAD27) -> gpd.GeoDataFrame:
    """Three leases: letters beyond ASCII, gaps in every column, a hole, and one lease without geometry."""
    ring = shapely.Polygon(
        [(-90, 28), (-89, 28), (-89, 29), (-90, 29)], [[(-89.6, 28.4), (-89.6, 28.6), (-89.4, 28.5)]]
    )
    return gpd.GeoDataFrame(
        {
            "Lease Number": ["G 01234", "Größe ½", None],
            "acres": [5760.25, None, 0.0],
            "wells": pd.array([3, None, 2**40], dtype="Int64"),
            "signed": pd.to_datetime(["2018-05-01T00:00:00", None, "1954-10-13T12:30:00"]),
        },
        geometry=[ring, shapely.box(-91, 27, -90.5, 27.25), None],
        crs=crs,
    )


def zipped(path: Path, folder: Path, leave_out: Collection[str] = (), inside: str = "") -> Path:
    """A folder's files as an archive, but for those with some endings."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in sorted(folder.iterdir()):
            if item.suffix not in leave_out:
                archive.write(item, inside + item.name)
    return path


def shapefile(
    folder: Path,
    frame: gpd.GeoDataFrame,
    *,
    encoding: str = "UTF-8",
    leave_out: Collection[str] = (),
    edit: Callable[[Path], Any] = lambda _: None,
) -> Path:
    """A zipped Shapefile whose parts ``edit`` may change before they are packed."""
    parts = folder / "parts"
    parts.mkdir()
    pyogrio.write_dataframe(frame, parts / "leases.shp", encoding=encoding)
    edit(parts)
    return zipped(folder / "leases.zip", parts, leave_out)


def geodatabase(folder: Path, frame: gpd.GeoDataFrame, inside: str = "leases.gdb/") -> Path:
    """A zipped FileGDB."""
    whole = folder / "made.gdb"
    pyogrio.write_dataframe(frame, whole, driver="OpenFileGDB", layer="leases")
    return zipped(folder / "leases.gdb.zip", whole, inside=inside)


def same_shapes(found: Any, wanted: Any, tolerance: float = 0) -> bool:
    """Whether geometries are the same, feature by feature, whichever vertex a ring begins at; None is like None."""
    pairs = zip(np.asarray(found, dtype=object), np.asarray(wanted, dtype=object), strict=True)
    return all(a is b is None or _same(a, b, tolerance) for a, b in pairs)


def _same(a: Any, b: Any, tolerance: float) -> bool:
    return None not in (a, b) and bool(shapely.equals_exact(shapely.normalize(a), shapely.normalize(b), tolerance))
