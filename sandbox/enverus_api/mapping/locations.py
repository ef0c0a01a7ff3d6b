"""Surface and bottom positions of boreholes in EPSG:4326.

The file does not state its datum. Tested against the NAD27 lease polygons, slightly more wells lie in their
own lease when read as NAD27, so they are read as EPSG:4267. PROJ transforms without grid files, which its
Python wheels lack: good to some ten metres in the Gulf.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from pyproj import Geod, Transformer

from sandbox.enverus_api.mapping.boreholes import Borehole
from sandbox.enverus_api.mapping.values import FEET_PER_METRE, NULL

DEGREE_DECIMALS = 7  # about a centimetre
VERTICAL_WITHIN_FT = 100.0


class Point(NamedTuple):
    """Degrees east and north."""

    lon: float
    lat: float

    @property
    def wkt(self) -> str:
        return f"POINT ({self.lon} {self.lat})"


class Location(NamedTuple):
    """Where a borehole starts and ends, and the horizontal distance between in feet."""

    surface: Point | None
    bottom: Point | None
    displacement_ft: float | None

    @property
    def line(self) -> str:
        """Surface to bottom as WKT; missing where the two are one point."""
        if self.surface is None or self.bottom is None or self.surface == self.bottom:
            return NULL
        start, end = self.surface, self.bottom
        return f"LINESTRING ({start.lon} {start.lat}, {end.lon} {end.lat})"

    @property
    def trajectory(self) -> str:
        if self.displacement_ft is None:
            return NULL
        return "VERTICAL" if self.displacement_ft < VERTICAL_WITHIN_FT else "DIRECTIONAL"


def nad27_to_wgs84() -> Transformer:
    """EPSG:4267 → EPSG:4326 in lon/lat order."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Best transformation is not available")
        return Transformer.from_crs("EPSG:4267", "EPSG:4326", always_xy=True)


def locate(boreholes: Mapping[str, Borehole]) -> dict[str, Location]:
    """Locations by API number."""
    surface = _reproject([(hole.surf_longitude, hole.surf_latitude) for hole in boreholes.values()])
    bottom = _reproject([(hole.botm_longitude, hole.botm_latitude) for hole in boreholes.values()])
    metres = Geod(ellps="WGS84").inv(surface[:, 0], surface[:, 1], bottom[:, 0], bottom[:, 1])[2]
    return {
        api: Location(_point(start), _point(end), None if math.isnan(span) else span * FEET_PER_METRE)
        for api, start, end, span in zip(boreholes, surface.tolist(), bottom.tolist(), metres.tolist(), strict=True)
    }


def _reproject(degrees: list[tuple[str, str]]) -> np.ndarray:
    """Two columns, lon and lat; blanks are NaN."""
    pairs = np.array([(float(lon or "nan"), float(lat or "nan")) for lon, lat in degrees])
    known = ~np.isnan(pairs).any(axis=1)
    moved = nad27_to_wgs84().transform(pairs[known, 0], pairs[known, 1])
    result = np.full_like(pairs, np.nan)
    result[known] = np.column_stack(moved).round(DEGREE_DECIMALS)
    return result


def _point(pair: list[float]) -> Point | None:
    return None if math.isnan(pair[0]) else Point(pair[0], pair[1])
