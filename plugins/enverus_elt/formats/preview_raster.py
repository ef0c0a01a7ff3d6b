"""A raster's picture, from an overview: colours where it has them, else cells from the 2nd to the 98th percentile."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.enums import ColorInterp
from rasterio.vrt import WarpedVRT

from enverus_elt.formats.preview_axes import map_axes, name_of
from enverus_elt.formats.raster import gdal_settings, told

MOST_CELLS = 1_200  # each way
STRETCH = (2, 98)
COLOURS = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
MAP = (0.1, 0.1, 0.76, 0.8)
BAR = (1.03, 0.0, 0.03, 1.0)  # of the map's own size


def draw_raster(figure: Figure, path: Path) -> str:
    """Draw a GeoTIFF; returns the note for the picture's foot."""
    with gdal_settings(path.parent), told(path.name), rasterio.open(path, driver="GTiff") as dataset:
        crs = CRS.from_wkt(dataset.crs.to_wkt()) if dataset.crs else None
        kinds = ", ".join(dict.fromkeys(dataset.dtypes))
        bands = f"{dataset.count} band{'s' if dataset.count > 1 else ''}"
        note = f"{dataset.width:,} by {dataset.height:,} cells, {bands}, {kinds}; {name_of(crs)}"
        # A rotated raster, or one with south at the top, as it lies.
        upright = not (dataset.transform.b or dataset.transform.d) and dataset.transform.e < 0
        if upright:
            _draw(figure, dataset, crs)
        else:
            with WarpedVRT(dataset) as turned:
                _draw(figure, turned, crs)
    return note


def _draw(figure: Figure, dataset: Any, crs: CRS | None) -> None:
    bounds = dataset.bounds
    axes = map_axes(figure, (*bounds,), crs, MAP)
    limits = axes.get_xlim(), axes.get_ylim()
    scale = min(1.0, MOST_CELLS / max(dataset.width, dataset.height))
    shape = max(1, round(dataset.height * scale)), max(1, round(dataset.width * scale))
    extent = (bounds.left, bounds.right, bounds.bottom, bounds.top)
    if all(colour in dataset.colorinterp for colour in COLOURS):
        picture = _in_colours(dataset, shape)
        axes.imshow(picture, extent=extent, aspect=axes.get_aspect(), zorder=2)
    elif dataset.colorinterp[0] is ColorInterp.palette:
        axes.imshow(_by_palette(dataset, shape), extent=extent, aspect=axes.get_aspect(), zorder=2)
    else:
        _draw_cells(figure, axes, dataset, shape, extent)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def _draw_cells(figure: Figure, axes: Axes, dataset: Any, shape: tuple[int, int], extent: Any) -> None:
    cells = _read(dataset, 1, shape)
    if (scaled := (dataset.scales[0], dataset.offsets[0])) != (1.0, 0.0):
        cells = cells * scaled[0] + scaled[1]
    valid = cells.compressed()
    if not valid.size:
        axes.text(0.5, 0.5, "no valid cells", transform=axes.transAxes, ha="center", size=12)
        return
    low, high = np.percentile(valid, STRETCH)
    image: AxesImage = axes.imshow(
        cells, extent=extent, aspect=axes.get_aspect(), cmap="cividis", vmin=low, vmax=high, zorder=2
    )
    bar = figure.colorbar(image, cax=axes.inset_axes(BAR), extend="both")
    bar.ax.tick_params(labelsize=8)
    name = dataset.descriptions[0] or "band 1"
    unit = f" [{dataset.units[0]}]" if dataset.units[0] else ""
    bar.set_label(f"{name}{unit}", size=9, parse_math=False)


def _in_colours(dataset: Any, shape: tuple[int, int]) -> NDArray[np.float64]:
    layers, valid = [], np.ones(shape, dtype=bool)
    for colour in COLOURS:
        cells = _read(dataset, dataset.colorinterp.index(colour) + 1, shape)
        valid &= ~np.ma.getmaskarray(cells)
        low, high = (
            (0, 255)
            if cells.dtype == np.uint8
            else np.percentile(cells.compressed() if cells.count() else [0], STRETCH)
        )
        layers.append(np.clip((cells.filled(0).astype(float) - low) / max(high - low, 1e-12), 0, 1))
    return np.dstack([*layers, valid.astype(float)])


def _by_palette(dataset: Any, shape: tuple[int, int]) -> NDArray[np.float64]:
    cells = _read(dataset, 1, shape)
    palette = np.zeros((int(max(dataset.colormap(1), default=0)) + 1, 4))
    for value, colour in dataset.colormap(1).items():
        palette[value] = np.array(colour) / 255
    picture = palette[np.clip(cells.filled(0), 0, len(palette) - 1)]
    picture[np.ma.getmaskarray(cells)] = 0
    return np.asarray(picture)


def _read(dataset: Any, band: int, shape: tuple[int, int]) -> Any:
    """From the overview that is nearest to the size; NaN is no cell either."""
    cells = dataset.read(band, out_shape=shape, masked=True)
    return np.ma.masked_invalid(cells) if cells.dtype.kind == "f" else cells
