"""Coordinates on their way to the map: from degrees to Web Mercator, and the outlines near a batch."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from enverus_elt.paths import OUTLINES

Numbers = NDArray[np.float64]
Cells = set[tuple[int, int]]

RADIUS = 6378137.0  # metres; of the sphere that Web Mercator takes the earth for
NORTHERNMOST = 85.06  # degrees; the projection knows no poles
NEAR = 2  # degrees around a feature in which counties are drawn
NEAR_THE_SEAM = 150  # degrees of longitude
OUTLINE_UNITS = 1000  # a degree


class Projection(NamedTuple):
    """Web Mercator in which what lies east of ``cut`` is drawn west of the antimeridian, beside its neighbours."""

    cut: float

    def points(self, lon_lat: Numbers) -> Numbers:
        """Metres, to the tenth of one: more would only make the page larger."""
        lon = np.where(lon_lat[:, 0] > self.cut, lon_lat[:, 0] - 360, lon_lat[:, 0])
        lat = np.clip(lon_lat[:, 1], -NORTHERNMOST, NORTHERNMOST)
        y = RADIUS * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
        projected: Numbers = np.column_stack((RADIUS * np.radians(lon), y)).round(1)
        return projected


def projection_for(lon_lat: Numbers) -> Projection:
    """Cut the globe where nothing lies, if the features reach over the antimeridian."""
    lon = np.unique(lon_lat[:, 0])
    if len(lon) < 2:
        return Projection(180.0)
    gaps = np.diff(lon)
    widest = int(np.argmax(gaps))
    seam = lon[0] + 360 - lon[-1]
    if gaps[widest] > seam and lon[widest + 1] >= NEAR_THE_SEAM:
        return Projection(float(lon[widest] + gaps[widest] / 2))
    return Projection(180.0)


def cells_near(lon_lat: Numbers) -> Cells:
    """Whole degrees in which, or near which, the features lie."""
    own = np.unique(np.floor(lon_lat).astype(int), axis=0)
    steps = range(-NEAR, NEAR + 1)
    return {(int(x) + dx, int(y) + dy) for x, y in own for dx in steps for dy in steps}


class Play(NamedTuple):
    """A shale play: its name, where to write it, and its rings, in degrees."""

    name: str
    label: Numbers
    rings: tuple[Numbers, ...]


def states() -> list[Numbers]:
    """Borders of all states: few enough to be drawn whole."""
    return [_decoded(line) for line in _read("states.json")]


def counties(near: Cells) -> list[Numbers]:
    """Borders of the counties near the features."""
    return [line for line in map(_decoded, _read("counties.json")) if _touches(line, near)]


def plays(near: Cells) -> list[Play]:
    """Shale plays near the features."""
    found = (
        Play(play["name"], np.array([play["label"]]) / OUTLINE_UNITS, tuple(map(_decoded, play["rings"])))
        for play in _read("shale_plays.json")
    )
    return [play for play in found if any(_touches(ring, near) for ring in play.rings)]


def one_line(lines: Iterable[Numbers], projection: Projection) -> Numbers:
    """Many lines as one, broken where a point is no number: a tenth of the size of separate ones."""
    gap = np.array([[np.nan, np.nan]])
    parts = [part for line in lines for part in (projection.points(line), gap)]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def polygons_of(shape: Any, projection: Projection) -> Iterator[list[Numbers]]:
    """Projected rings of each polygon: the outer one, then the holes."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield [projection.points(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]


def _touches(line: Numbers, near: Cells) -> bool:
    return any((int(x), int(y)) in near for x, y in np.floor(line))


def _decoded(steps: Sequence[int]) -> Numbers:
    points: Numbers = np.cumsum(np.array(steps, dtype=np.float64).reshape(-1, 2), axis=0) / OUTLINE_UNITS
    return points


@cache
def _read(name: str) -> Any:
    return json.loads((OUTLINES / name).read_text(encoding="utf-8"))
