"""Rasters in another reference system, or by their ground control points: virtual ones, whose cells are made on demand.

Cells that lie outside of the original need a value of their own: the raster's nodata, or one that no cell has.
"""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import rasterio.crs
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

from enverus_elt.deliveries.recipes import Reproject
from enverus_elt.formats.datum_shifts import choose_shift
from enverus_elt.formats.raster import Raster, told

WARP_MB = 64


def georeferenced(raster: Raster, stack: ExitStack) -> Raster:
    """The raster placed by its ground control points, in the reference system that those are in."""
    with told(raster.dataset.name):
        warped = WarpedVRT(raster.dataset, crs=_gdal(raster.crs), **_gaps(raster.dataset), warp_mem_limit=WARP_MB)
    return replace(raster, dataset=stack.enter_context(warped), has_ground_control_points=False)


def reprojected(raster: Raster, step: Reproject, name: str, stack: ExitStack) -> tuple[Raster, dict[str, Any]]:
    """The raster in the step's reference system, and what is to be recorded of the way there."""
    target = CRS.from_epsg(step.srid)
    if raster.crs.equals(target, ignore_axis_order=True):
        return raster, {"unchanged": True}
    bounds = raster.dataset.bounds
    shift = choose_shift(raster.crs, target, (*bounds,), step.accuracy, name)
    gaps = _gaps(raster.dataset)
    with told(name, f"cannot be reprojected to EPSG:{step.srid}"):
        warped = WarpedVRT(
            raster.dataset,
            src_crs=_gdal(shift.pinned),
            crs=_gdal(target),
            resampling=Resampling[step.resampling],
            warp_mem_limit=WARP_MB,
            **gaps,
        )
    facts = {"resampling": step.resampling, **shift.facts()}
    if "nodata" in gaps:
        facts["nodata_added"] = str(gaps["nodata"])
    return replace(raster, dataset=stack.enter_context(warped), crs=target), facts


def _gdal(crs: CRS) -> rasterio.crs.CRS:
    return rasterio.crs.CRS.from_wkt(crs.to_wkt())


def _gaps(dataset: DatasetReader) -> dict[str, Any]:
    """What marks cells outside: nothing to add where there is nodata or an alpha band already."""
    if dataset.nodata is not None or ColorInterp.alpha in dataset.colorinterp:
        return {}
    kinds = {np.dtype(kind) for kind in dataset.dtypes}
    if all(kind.kind == "f" for kind in kinds):
        return {"nodata": np.nan}
    free = _unused(dataset) if len(kinds) == 1 and not _has_mask(dataset) else None
    return {"add_alpha": True} if free is None else {"nodata": free}


def _has_mask(dataset: DatasetReader) -> bool:
    return any(MaskFlags.per_dataset in flags for flags in dataset.mask_flag_enums)


def _unused(dataset: DatasetReader) -> int | None:
    """The type's smallest or greatest integer, whichever no cell has; reads all of them, block by block."""
    limits = np.iinfo(dataset.dtypes[0])
    if limits.max > 2**53:  # GDAL keeps nodata as a double
        return None
    free = {int(limits.min), int(limits.max)}
    for band in dataset.indexes:
        for _, window in dataset.block_windows(band):
            cells = dataset.read(band, window=window)
            free -= {int(cells.min()), int(cells.max())}
            if not free:
                return None
    return min(free) if limits.min < 0 else max(free)
