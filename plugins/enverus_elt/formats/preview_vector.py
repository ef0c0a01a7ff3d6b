"""A vector layer's picture, however many features it has: they are drawn a batch at a time and then forgotten.

What is smaller than a dot is drawn as a dot; of what is larger, corners that no dot shows are left out.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from pyproj import CRS

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.preview_axes import Box, map_axes, name_of

BATCH_ROWS = 20_000
PATH_VERTICES = 20_000  # of one path: the renderer refuses much longer ones
FILL, EDGE = "#56b4e9", "#0072b2"


def draw_layer(figure: Figure, path: Path) -> str:
    """Draw a GeoParquet file; returns the note for the picture's foot."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        geo = json.loads((file.metadata.metadata or {})[b"geo"])
        column = geo["primary_column"]
        facts, rows = geo["columns"][column], file.metadata.num_rows
        crs = CRS.from_json_dict(facts["crs"]) if facts.get("crs") else None
        kinds = ", ".join(facts.get("geometry_types") or ["no geometry"])
        note = f"{rows:,} features, {kinds}; {name_of(crs)}"
        if "bbox" not in facts:
            figure.text(0.5, 0.5, "no feature has a place", ha="center", size=12)
            return note
        axes = map_axes(figure, _flat(facts["bbox"]), crs)
        figure.draw_without_rendering()
        brush = _Brush(axes, few=rows <= 500)
        for batch in file.iter_batches(BATCH_ROWS, columns=[column]):
            try:
                shapes = shapely.from_wkb(batch.column(0).to_numpy(zero_copy_only=False))
            except shapely.errors.GEOSException as error:
                raise DeliveryError(f"{path.name}: a geometry cannot be read: {error}") from error
            brush.draw(shapes)
        brush.finish()
    return note


def _flat(bbox: list[float]) -> Box:
    half = len(bbox) // 2  # with heights, where the layer has them
    return bbox[0], bbox[1], bbox[half], bbox[half + 1]


class _Brush:
    """Draws on a sheet of the axes' size in dots, which the axes show in the end."""

    def __init__(self, axes: Axes, *, few: bool) -> None:
        self._axes = axes
        window = axes.get_window_extent()
        self._width, self._height = round(window.width), round(window.height)
        (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
        self._place = Affine2D().translate(-west, -south)
        self._place.scale(self._width / (east - west), self._height / (north - south))
        self._dot = min((east - west) / self._width, (north - south) / self._height)
        self._sheet = RendererAgg(self._width, self._height, axes.figure.dpi)
        self._dots = np.zeros((self._height, self._width), dtype=bool)
        self._few = few

    def draw(self, shapes: NDArray[Any]) -> None:
        """Draw a batch of geometries of any kind."""
        shapes = shapely.get_parts(shapely.get_parts(shapely.force_2d(shapes)))  # of multis, and of collections of them
        shapes = shapes[~shapely.is_empty(shapes)]
        bounds = shapely.bounds(shapes)
        tiny = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) < self._dot
        kinds = shapely.get_type_id(shapes)
        self._put_dots(bounds[tiny, :2])
        shapes, kinds = shapes[~tiny], kinds[~tiny]
        # Topology may break at the size of a dot, but nothing may vanish.
        thinned = shapely.simplify(shapes, self._dot / 2, preserve_topology=False)
        thinned = np.where(shapely.is_empty(thinned), shapes, thinned)
        self._put(shapely.get_parts(thinned[kinds == shapely.GeometryType.POLYGON]), FILL)
        self._put(shapely.get_parts(thinned[kinds != shapely.GeometryType.POLYGON]), None)

    def finish(self) -> None:
        """Show on the axes what was drawn."""
        image = np.asarray(self._sheet.buffer_rgba()).copy()
        image[_grown(self._dots, 2 if self._few else 0)] = (*bytes.fromhex(EDGE.removeprefix("#")), 255)
        extent = (*self._axes.get_xlim(), *self._axes.get_ylim())
        self._axes.imshow(image, extent=extent, aspect=self._axes.get_aspect(), interpolation="nearest", zorder=2)

    def _put_dots(self, corners: NDArray[np.float64]) -> None:
        places = np.floor(self._place.transform(corners)).astype(int)
        columns = np.clip(places[:, 0], 0, self._width - 1)
        rows = np.clip(self._height - 1 - places[:, 1], 0, self._height - 1)
        self._dots[rows, columns] = True

    def _put(self, shapes: NDArray[Any], fill: str | None) -> None:
        if not shapes.size:
            return
        pen = self._sheet.new_gc()
        pen.set_foreground(EDGE)
        pen.set_linewidth(self._sheet.points_to_pixels(1.0 if self._few else 0.5))
        for path in _paths(shapes):
            self._sheet.draw_path(pen, path, self._place, to_rgba(fill, 0.5) if fill else None)


def _paths(shapes: NDArray[Any]) -> Iterator[Outline]:
    """Lines, or polygons, as a few long paths: one after the other would take minutes."""
    _, corners, offsets = shapely.to_ragged_array(shapes)
    rings = offsets[0]  # where each line or ring begins, and at last the end
    wholes = rings[offsets[1]] if len(offsets) > 1 else rings  # the same of each line or polygon
    codes = np.full(len(corners), Outline.LINETO, dtype=Outline.code_type)
    codes[rings[:-1]] = Outline.MOVETO
    if len(offsets) > 1:
        codes[rings[1:] - 1] = Outline.CLOSEPOLY
    start = 0
    while start < len(wholes) - 1:
        end = max(int(np.searchsorted(wholes, wholes[start] + PATH_VERTICES, side="right")) - 1, start + 1)
        piece = slice(wholes[start], wholes[end])
        yield Outline(corners[piece], codes[piece])
        start = end


def _grown(dots: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Dots as discs of that radius, so that a few of them are seen."""
    found = dots.copy()
    rows, columns = np.nonzero(dots)
    for down in range(-by, by + 1):
        for right in range(-by, by + 1):
            if down**2 + right**2 <= by**2 + 1:
                found[np.clip(rows + down, 0, dots.shape[0] - 1), np.clip(columns + right, 0, dots.shape[1] - 1)] = True
    return found
