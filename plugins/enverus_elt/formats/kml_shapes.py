"""KML's geometries as WKB."""

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import shapely
from shapely.geometry.base import BaseGeometry

SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack")
MULTIS = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}

Local = Callable[[Element], str]
Position = tuple[float, ...]


def find_shape(element: Element, local: Local) -> bytes | None:
    """WKB of one geometry element; None for one without coordinates. Raises ValueError that says what is wrong."""
    shape = _shape(element, local)
    return None if shape is None else bytes(shapely.to_wkb(shape, flavor="iso"))


def _shape(element: Element, local: Local) -> BaseGeometry | None:
    tag = local(element)
    if tag in ("MultiGeometry", "MultiTrack"):
        return _multi([_shape(item, local) for item in element if local(item) in SHAPES])
    if tag == "Polygon":
        return _polygon(element, local)
    positions = _track(element, local) if tag == "Track" else _positions(element, local)
    if not positions:
        return None
    if tag == "Point":
        if len(positions) != 1:
            raise ValueError(f"a point has one position, not {len(positions)}")
        return shapely.Point(positions[0])
    if len(positions) < 2:
        raise ValueError("a line needs at least 2 positions")
    return shapely.LineString(positions)


def _polygon(element: Element, local: Local) -> BaseGeometry | None:
    rings: dict[str, list[list[Position]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for side in element:
        if local(side) in rings:
            rings[local(side)] += [ring for item in side if (ring := _closed(_positions(item, local)))]
    if not rings["outerBoundaryIs"]:
        return None
    if len(rings["outerBoundaryIs"]) > 1:
        raise ValueError("a polygon has one outer boundary")
    return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])


def _closed(positions: list[Position]) -> list[Position]:
    """A ring whose last position is left out is closed, as every viewer does."""
    if positions and len(positions) < 3:
        raise ValueError("a ring needs at least 3 positions")
    return positions if not positions or positions[0] == positions[-1] else [*positions, positions[0]]


def _multi(parts: list[BaseGeometry | None]) -> BaseGeometry | None:
    present = [part for part in parts if part is not None]
    kinds = {part.geom_type for part in present}
    if not present:
        return None
    if len(kinds) == 1 and (kind := kinds.pop()) in MULTIS:
        return MULTIS[kind](present)
    return shapely.GeometryCollection(present)


def _positions(element: Element, local: Local) -> list[Position]:
    found = [item.text or "" for item in element.iter() if local(item) == "coordinates"]
    return _same_length([_position(word.split(",")) for text in found for word in _words(text)])


def _track(element: Element, local: Local) -> list[Position]:
    return _same_length([_position((item.text or "").split()) for item in element if local(item) == "coord"])


def _words(text: str) -> Iterator[str]:
    yield from (word for word in text.split() if word.strip(","))


def _position(parts: list[str]) -> Position:
    try:
        numbers = tuple(float(part) for part in parts[:3] if part)
    except ValueError as error:
        raise ValueError(f"{','.join(parts)[:60]!r} is no position") from error
    if len(numbers) < 2 or not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90):
        raise ValueError(f"{','.join(parts)[:60]!r} is no longitude and latitude")
    return numbers


def _same_length(positions: list[Position]) -> list[Position]:
    """All with a height, 0 where one has none, or none with one."""
    if any(len(position) == 3 for position in positions):
        return [position if len(position) == 3 else (*position, 0.0) for position in positions]
    return positions
