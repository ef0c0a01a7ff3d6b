"""A map's frame: coordinates with their unit at the edges, a true shape, and a scale bar."""

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from pyproj import CRS, Geod

Box = tuple[float, float, float, float]
FRAME = (0.1, 0.1, 0.86, 0.8)  # of the figure: left, bottom, width, height
MARGIN = 0.04
METRES = {"metre": 1.0, "meter": 1.0, "m": 1.0, "foot": 0.3048, "us survey foot": 1200 / 3937}
ROUND = (1, 2, 5, 10)
INK = "#222222"


def map_axes(figure: Figure, bounds: Box, crs: CRS | None, frame: Box = FRAME) -> Axes:
    """Axes around the bounds, in the units of the reference system; at a point there is some room, too."""
    west, south, east, north = _roomy(bounds)
    axes = figure.add_axes(frame)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    geographic = crs is not None and crs.is_geographic
    middle = math.radians(max(min((south + north) / 2, 85.0), -85.0))
    axes.set_aspect(1 / math.cos(middle) if geographic else 1, adjustable="box")
    unit = _unit(crs)
    axes.set_xlabel(f"Longitude [{unit}]" if geographic else f"Easting [{unit}]", size=9)
    axes.set_ylabel(f"Latitude [{unit}]" if geographic else f"Northing [{unit}]", size=9)
    axes.tick_params(labelsize=8)
    axes.grid(color="#dddddd", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    if not geographic:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
            axis.set_major_locator(MaxNLocator(5))
        axes.tick_params(axis="y", labelrotation=90)
    _add_scale(axes, crs, (west, south, east, north))
    return axes


def name_of(crs: CRS | None) -> str:
    """What the note below a map calls its reference system."""
    if crs is None:
        return "reference system unknown"
    code = crs.to_authority()
    return f"{crs.name} ({':'.join(code)})" if code else crs.name


def _roomy(bounds: Box) -> Box:
    west, south, east, north = bounds
    pad = MARGIN * max(east - west, north - south) or 0.01 * max(abs(west), abs(south), 1.0)
    return west - pad, south - pad, east + pad, north + pad


def _unit(crs: CRS | None) -> str:
    if crs is None:
        return "unknown unit"
    unit = crs.axis_info[0].unit_name if crs.axis_info else "unknown unit"
    return "°" if unit.startswith("degree") else unit


def _add_scale(axes: Axes, crs: CRS | None, bounds: Box) -> None:
    """A bar of a round length, about a fifth of the map's width: on the sphere it holds at the map's middle."""
    per_unit = _metres_per_unit(crs, bounds)
    if per_unit is None:
        return
    west, south, east, north = bounds
    wanted = (east - west) * per_unit / 5
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(step * power for step in ROUND if step * power <= wanted)
    length = metres / per_unit
    left, low = west + (east - west) * 0.03, south + (north - south) * 0.04
    looks: dict[str, Any] = {"color": INK, "zorder": 10}
    axes.plot([left, left + length], [low, low], linewidth=3, solid_capstyle="butt", **looks)
    label = f"{metres / 1000:,.0f} km" if metres >= 1000 else f"{metres:,.3g} m"
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1}
    axes.text(left, low + (north - south) * 0.012, label, size=8, va="bottom", bbox=box, **looks)


def _metres_per_unit(crs: CRS | None, bounds: Box) -> float | None:
    if crs is None:
        return None
    west, south, east, north = bounds
    if crs.is_geographic:
        latitude = max(min((south + north) / 2, 89.0), -89.0)
        middle, half = (west + east) / 2, min((east - west) / 2, 1.0)
        _, _, metres = Geod(ellps="WGS84").inv(middle - half / 2, latitude, middle + half / 2, latitude)
        return float(metres) / half
    return METRES.get(crs.axis_info[0].unit_name.lower()) if crs.axis_info else None
