"""Cloud Optimized GeoTIFFs: lossless, tiled, with overviews and statistics, written block by block."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.shutil
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

from enverus_elt.formats.raster import told

BLOCK = 512
CLASSES = "uint8"  # one band of bytes is as often land cover as it is grey: overviews must not mix what may be classes


@dataclass(frozen=True)
class Layout:
    """How a raster's overviews and cells are stored."""

    compression: str
    overview_resampling: str
    internal_mask: bool


def layout_of(dataset: DatasetReader | WarpedVRT) -> Layout:
    """Overviews average what can be averaged; classes, with a palette or without, keep the values they have."""
    is_palette = ColorInterp.palette in dataset.colorinterp
    is_classes = dataset.count == 1 and dataset.dtypes[0] == CLASSES
    mask = any(MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags for flags in dataset.mask_flag_enums)
    return Layout("DEFLATE", "NEAREST" if is_palette or is_classes else "AVERAGE", mask)


def write_cog(dataset: DatasetReader | WarpedVRT, target: Path, name: str) -> Layout:
    """Copy the raster, cell by cell the same; ``name`` is what errors call it.

    GDAL's statistics do not see an internal mask: where there is one, the file goes without.
    """
    layout = layout_of(dataset)
    options: dict[str, Any] = {
        "COMPRESS": layout.compression,
        "LEVEL": 9,
        "PREDICTOR": "YES",
        "BLOCKSIZE": BLOCK,
        "OVERVIEWS": "IGNORE_EXISTING",
        "OVERVIEW_RESAMPLING": layout.overview_resampling,
        "STATISTICS": "NO" if layout.internal_mask else "YES",
        "BIGTIFF": "IF_SAFER",
    }
    if np.dtype(dataset.dtypes[0]).itemsize == 1:
        options["NBITS"] = 8  # a predictor knows no single bits, which deflate packs as well
    with told(name, "cannot be copied cell by cell"):
        rasterio.shutil.copy(dataset, target, driver="COG", **options)
    return layout
