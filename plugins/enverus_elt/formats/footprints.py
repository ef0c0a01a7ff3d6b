"""What a raster covers, as a polygon in degrees of WGS 84 that keeps to RFC 7946: cut at the antimeridian.

A box that crosses it has its west edge east of its east edge, as GeoJSON and STAC write it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.features import shapes
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.ops import unary_union

from enverus_elt.formats.reference_systems import WGS84

PARTS_OF_AN_EDGE = 40  # a straight edge of a projected raster is a curve in degrees
GRID = 128  # cells each way that the Earth's edge is found by, where a raster shows it
BEND = 1e-4  # of its size that a footprint's edge may be off
MOST_VERTICES = 2_000
MOST_STEPS = 20_000  # of a map of cells before it is looked for polygons in: noise has a million of them
DIGITS = 7  # of a degree: a centimetre
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Footprint:
    """A MultiPolygon as WKB and its box: west, south, east, north."""

    wkb: bytes
    bbox: Box

    @property
    def crosses_antimeridian(self) -> bool:
        """Whether the box runs over 180°."""
        return self.bbox[0] > self.bbox[2]


def outline(valid: NDArray[np.bool_], factor: int, transform: Affine, size: tuple[int, int]) -> Any:
    """The polygons around what is valid, in the raster's own coordinates; ``size`` is its width and height in cells.

    Where all is valid that is the raster's frame, exactly. Else it is true to a coarse cell; the cells grow until the
    polygons have no more than some thousand vertices, for nobody maps noise.
    """
    width, height = size
    frame = Polygon([transform @ corner for corner in ((0, 0), (0, height), (width, height), (width, 0))])
    while not valid.all():
        if _steps(valid) <= MOST_STEPS:
            pieces = shapes(valid.astype(np.uint8), mask=valid, transform=transform @ Affine.scale(factor))
            found = unary_union([shape(piece) for piece, _ in pieces]).intersection(frame)
            cell = factor * max(np.hypot(transform.a, transform.d), np.hypot(transform.b, transform.e))
            found = found.simplify(cell)
            if shapely.get_num_coordinates(found) <= MOST_VERTICES:
                return found
        valid, factor = _coarser(valid), factor * 2
    return frame


def _steps(valid: NDArray[np.bool_]) -> int:
    """How often one goes from valid to not valid, or back, along all rows and columns."""
    return int(np.diff(valid, axis=0).sum() + np.diff(valid, axis=1).sum())


def _coarser(valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Half as many cells each way; one is valid where any of its four is."""
    height, width = -(-valid.shape[0] // 2), -(-valid.shape[1] // 2)
    padded = np.zeros((2 * height, 2 * width), dtype=bool)
    padded[: valid.shape[0], : valid.shape[1]] = valid
    return np.asarray(padded.reshape(height, 2, width, 2).any(axis=(1, 3)))


def footprint(area: Any, crs: CRS) -> Footprint | None:
    """The area, polygons in ``crs``, as a footprint; None where nothing is valid, or nothing has a place on Earth."""
    if area.is_empty:
        return None
    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    west, south, east, north = area.bounds
    longest = max(east - west, north - south) / PARTS_OF_AN_EDGE
    dense = shapely.segmentize(_on_earth(shapely.segmentize(area, longest), transformer), longest)
    parts = [_unwrapped(part, transformer) for part in shapely.get_parts(dense) if part.geom_type == "Polygon"]
    pieces = [piece for part in parts if part is not None for piece in _cut(part)]
    if not pieces:
        return None
    whole = unary_union(pieces)
    west, south, east, north = whole.bounds
    whole = whole.simplify(max(east - west, north - south) * BEND)
    found = shapely.make_valid(shapely.set_precision(whole, 10**-DIGITS))
    polygons = [part for part in shapely.get_parts(found) if part.geom_type == "Polygon" and not part.is_empty]
    if not polygons:
        return None
    return Footprint(shapely.to_wkb(MultiPolygon(polygons)), _box(polygons))


def _on_earth(area: Any, transformer: Transformer) -> Any:
    """The area without what shows space, as the corners of a geostationary satellite's picture do: to a fine grid."""
    if _is_finite(shapely.get_coordinates(area), transformer).all():
        return area
    west, south, east, north = area.bounds
    x, y = np.linspace(west, east, GRID + 1), np.linspace(south, north, GRID + 1)
    corners = np.stack(np.meshgrid(x, y), axis=-1)
    known = _is_finite(corners.reshape(-1, 2), transformer).reshape(GRID + 1, GRID + 1)
    whole = known[:-1, :-1] & known[1:, :-1] & known[:-1, 1:] & known[1:, 1:]
    rows, columns = np.nonzero(whole)
    return unary_union(shapely.box(x[columns], y[rows], x[columns + 1], y[rows + 1])).intersection(area)


def _is_finite(corners: NDArray[np.float64], transformer: Transformer) -> NDArray[np.bool_]:
    longitudes, latitudes = transformer.transform(corners[:, 0], corners[:, 1])
    return np.asarray(np.isfinite(longitudes) & np.isfinite(latitudes))


def _unwrapped(polygon: Polygon, transformer: Transformer) -> Any:
    """The polygon in degrees, its longitudes running on past ±180 instead of jumping."""
    shell = _ring(shapely.get_coordinates(polygon.exterior), transformer)
    if shell is None:
        return None
    holes = []
    for interior in polygon.interiors:
        hole = _ring(shapely.get_coordinates(interior), transformer)
        if hole is not None:
            turns = np.round((shell[:, 0].mean() - hole[:, 0].mean()) / 360)
            holes.append(hole + np.array([360 * turns, 0]))
    found = shapely.make_valid(Polygon(shell, holes))
    return found if found.area else None


def _ring(corners: NDArray[np.float64], transformer: Transformer) -> NDArray[np.float64] | None:
    longitudes, latitudes = transformer.transform(corners[:, 0], corners[:, 1])
    known = np.isfinite(longitudes) & np.isfinite(latitudes)
    if known.sum() < 4:
        return None
    ring = np.column_stack([np.unwrap(longitudes[known], period=360), np.clip(latitudes[known], -90, 90)])
    if abs(ring[-1, 0] - ring[0, 0]) > 180:  # once around the Earth: what it encloses is a pole
        pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
        ring = np.vstack([ring, [ring[-1, 0], pole], [ring[0, 0], pole], ring[0]])
    return ring


def _cut(part: Any) -> list[Any]:
    west, _, east, _ = part.bounds
    first, last = int(np.floor((west + 180) / 360)), int(np.ceil((east + 180) / 360))
    pieces = []
    for turn in range(first, max(last, first + 1)):
        piece = part.intersection(box(360 * turn - 180, -90, 360 * turn + 180, 90))
        if piece.area:
            pieces.append(translate(piece, xoff=-360 * turn))
    return pieces


def _box(polygons: list[Polygon]) -> Box:
    """The narrowest box: what it leaves out is the widest gap between the polygons on the way around the Earth."""
    bounds = shapely.bounds(polygons)
    spans = sorted((float(west), float(east)) for west, _, east, _ in bounds)
    merged = [list(spans[0])]
    for west, east in spans[1:]:
        if west <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], east)
        else:
            merged.append([west, east])
    widest, after = merged[0][0] + 360 - merged[-1][1], 0
    for number in range(1, len(merged)):
        if (gap := merged[number][0] - merged[number - 1][1]) > widest:
            widest, after = gap, number
    return merged[after][0], float(bounds[:, 1].min()), merged[after - 1][1], float(bounds[:, 3].max())
