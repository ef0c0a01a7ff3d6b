"""One pass over a raster's cells: their digest, their statistics, and roughly where they are valid."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader
from rasterio.windows import Window

TILE = 1024  # cells read at once, each way; part of the digest
MOST_COARSE = 512  # cells each way of the map of what is valid


@dataclass
class BandStatistics:
    """Of the valid cells of a band, as they are stored; the variance is added up as Chan, Golub and LeVeque do."""

    cells: int = 0
    valid: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    mean: float = 0.0
    _squares: float = field(default=0.0, repr=False)

    def add(self, cells: int, values: NDArray[Any]) -> None:
        """Take the valid ones among so many cells into account."""
        self.cells += cells
        if not values.size:
            return
        wide = values.astype(np.float64)
        mean, total = float(wide.mean()), self.valid + values.size
        squares, apart = float(((wide - mean) ** 2).sum()), mean - self.mean
        self._squares += squares + apart**2 * self.valid * values.size / total
        self.mean += apart * values.size / total
        self.minimum, self.maximum = min(self.minimum, float(wide.min())), max(self.maximum, float(wide.max()))
        self.valid = total

    def facts(self) -> dict[str, float]:
        """As STAC names them; a band without valid cells has only the percentage."""
        percent = {"valid_percent": 100 * self.valid / self.cells if self.cells else 0.0}
        if not self.valid:
            return percent
        deviation = math.sqrt(self._squares / self.valid)
        return {"minimum": self.minimum, "maximum": self.maximum, "mean": self.mean, "stddev": deviation, **percent}


@dataclass(frozen=True)
class Survey:
    """What the pass found. A cell of ``valid`` stands for ``factor`` of the raster's each way, and is true for any."""

    content_sha256: str
    bands: tuple[BandStatistics, ...]
    valid: NDArray[np.bool_]
    factor: int


def survey(dataset: DatasetReader) -> Survey:
    """Read every cell once, a tile at a time."""
    factor = 1
    while max(dataset.width, dataset.height) > factor * MOST_COARSE and factor < TILE:
        factor *= 2
    coarse = np.zeros((-(-dataset.height // factor), -(-dataset.width // factor)), dtype=bool)
    digests = [hashlib.sha256() for _ in dataset.indexes]
    statistics = tuple(BandStatistics() for _ in dataset.indexes)
    masks = hashlib.sha256()
    has_mask = any(_is_internal(flags) for flags in dataset.mask_flag_enums)
    for window in _tiles(dataset):
        anywhere = np.zeros((window.height, window.width), dtype=bool)
        for place, band in enumerate(dataset.indexes):
            cells = dataset.read(band, window=window)
            valid = dataset.read_masks(band, window=window) > 0
            if cells.dtype.kind == "f":
                empty = np.isnan(cells)
                cells[empty] = np.nan  # of the many that there are, one
                valid &= ~empty
            digests[place].update(np.ascontiguousarray(cells, cells.dtype.newbyteorder("<")).tobytes())
            known = cells[valid]
            statistics[place].add(cells.size, known[np.isfinite(known)] if cells.dtype.kind == "f" else known)
            if dataset.colorinterp[place] is not ColorInterp.alpha:
                anywhere |= valid
        if has_mask:
            masks.update(np.packbits(anywhere).tobytes())
        _mark(coarse, anywhere, window, factor)
    parts = [digest.hexdigest() for digest in (*digests, masks)]
    content = json.dumps([_head(dataset), parts], sort_keys=True)
    return Survey(hashlib.sha256(content.encode()).hexdigest(), statistics, coarse, factor)


def _is_internal(flags: list[MaskFlags]) -> bool:
    return MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags


def _tiles(dataset: DatasetReader) -> Iterator[Window]:
    for top in range(0, dataset.height, TILE):
        for left in range(0, dataset.width, TILE):
            yield Window(left, top, min(TILE, dataset.width - left), min(TILE, dataset.height - top))


def _mark(coarse: NDArray[np.bool_], valid: NDArray[np.bool_], window: Window, factor: int) -> None:
    """A tile's size is a multiple of the factor; only at the edges are cells missing, and those are not valid."""
    height, width = -(-valid.shape[0] // factor), -(-valid.shape[1] // factor)
    padded = np.zeros((height * factor, width * factor), dtype=bool)
    padded[: valid.shape[0], : valid.shape[1]] = valid
    top, left = window.row_off // factor, window.col_off // factor
    coarse[top : top + height, left : left + width] = padded.reshape(height, factor, width, factor).any(axis=(1, 3))


def _head(dataset: DatasetReader) -> dict[str, Any]:
    """What the cells mean, and where they lie. Numbers as text: a NaN is no JSON."""
    palettes = {
        str(band): dataset.colormap(band)
        for band in dataset.indexes
        if dataset.colorinterp[band - 1] is ColorInterp.palette
    }
    return {
        "size": [dataset.width, dataset.height],
        "transform": [repr(float(number)) for number in dataset.transform[:6]],
        "crs": dataset.crs.to_string(),
        "types": list(dataset.dtypes),
        "nodata": [repr(value) for value in dataset.nodatavals],
        "colors": [color.name for color in dataset.colorinterp],
        "palettes": {
            band: {str(key): list(color) for key, color in colors.items()} for band, colors in palettes.items()
        },
        "names": list(dataset.descriptions),
        "units": list(dataset.units),
        "scales": [repr(scale) for scale in dataset.scales],
        "offsets": [repr(offset) for offset in dataset.offsets],
    }
