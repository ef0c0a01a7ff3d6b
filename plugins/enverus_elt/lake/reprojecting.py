"""Steps that are about where on Earth a layer is: into another reference system, and what lies in a box of degrees."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer

from enverus_elt.deliveries.recipes import Clip, Reproject
from enverus_elt.errors import TerminalError
from enverus_elt.formats.datum_shifts import Shift, choose_shift
from enverus_elt.formats.reference_systems import WGS84, code_of
from enverus_elt.lake.layers import DATA_FAULTS, Layer, ask, change
from enverus_elt.lake.workshop import Workshop

Facts = dict[str, Any]

PROBED = 100
AGREE_METRES = 0.01  # how close PostGIS has to come to the operation that was chosen
METRES_PER_DEGREE = 111_320
EDGE_POINTS = 64  # of a box's side, which is a curve elsewhere
ANY_ACCURACY = 1_000.0  # a box of degrees is no survey


def reproject(shop: Workshop, layer: Layer, step: Reproject) -> tuple[Layer, Facts]:
    """In PostGIS, by one operation for the whole layer, which is named with its accuracy.

    PROJ's choice may depend on the point, and on what is installed beside the server; the operation is therefore made
    part of the source's definition, and the server's result is held against it.
    """
    target = CRS.from_epsg(step.srid)
    moved = replace(layer, crs=target)
    if target.equals(layer.crs, ignore_axis_order=True):
        return moved, {"changed": 0}
    box = ask(shop, layer, "recipes/select_extent.sql")[0]
    bounds = None if box["xmin"] is None else (box["xmin"], box["ymin"], box["xmax"], box["ymax"])
    shift = choose_shift(layer.crs, target, bounds, step.accuracy, f"{layer.what}: reproject")
    values = {"origin": shift.pinned.to_wkt(), "destination": target.to_wkt()}
    _prove(shop, layer, shift, values)
    why = f"reproject to EPSG:{step.srid}"
    changed = change(shop, layer, "recipes/reproject.sql", why, values, srid=moved.srid)
    change(shop, layer, "recipes/label_empty.sql", why, srid=moved.srid)
    return moved, {"changed": changed, "from": code_of(layer.crs) or layer.crs.name, **shift.facts()}


def _prove(shop: Workshop, layer: Layer, shift: Shift, values: dict[str, Any]) -> None:
    """Raise TerminalError where PostGIS puts a point elsewhere than the chosen operation does."""
    try:
        rows = ask(shop, layer, "recipes/probe_reprojection.sql", {**values, "most": PROBED})
    except TerminalError as error:
        if isinstance(error.__cause__, DATA_FAULTS):
            return  # a coordinate that cannot be moved: the step itself finds its row
        raise
    if not rows:
        return
    given = np.array([(row["x"], row["y"]) for row in rows])
    server = np.array([(row["moved_x"], row["moved_y"]) for row in rows])
    chosen = np.column_stack(shift.transformer.transform(given[:, 0], given[:, 1]))
    apart = np.abs(server - chosen).max(axis=1)
    metres = apart * (METRES_PER_DEGREE if shift.target.is_geographic else _metres_per_unit(shift.target))
    worst = int(np.nanargmax(metres)) if not np.isnan(metres).all() else 0
    if not metres[worst] <= AGREE_METRES:
        raise TerminalError(
            f"{layer.what}: reproject: PostGIS does not do {shift.name!r}: it is {metres[worst]:.3g} m apart at row "
            f"{rows[worst]['_row']:,}: the server's PROJ lacks what the worker's has, or is much older"
        )


def _metres_per_unit(crs: CRS) -> float:
    return float(crs.axis_info[0].unit_conversion_factor)


def clip(shop: Workshop, layer: Layer, step: Clip) -> tuple[Layer, Facts]:
    """Rows outside go; what crosses the box's edge is cut to it, and keeps its dimension."""
    values = {"box": _box_in(layer.crs, step.bbox, layer.what)}
    names = {"srid": layer.srid}
    without = change(shop, layer, "recipes/remove_without_geometry.sql", "clip")
    outside = change(shop, layer, "recipes/remove_outside.sql", "clip", values, **names)
    cut = change(shop, layer, "recipes/clip.sql", "clip, which needs valid geometries", values, **names)
    touching = change(shop, layer, "recipes/remove_empty.sql", "clip")
    return layer, {"changed": cut - touching, "outside": outside + touching, "without_geometry": without}


def _box_in(crs: CRS, box: tuple[float, float, float, float], what: str) -> bytes:
    """The box of degrees as a polygon in the layer's reference system."""
    west, south, east, north = box
    if crs.equals(WGS84, ignore_axis_order=True):
        return bytes(shapely.box(*box).wkb)
    along = np.linspace(0, 1, EDGE_POINTS)
    x = np.concatenate([west + (east - west) * along, np.full(EDGE_POINTS, east)])
    y = np.concatenate([np.full(EDGE_POINTS, south), south + (north - south) * along])
    ring_x, ring_y = np.concatenate([x, (west + east) - x]), np.concatenate([y, (south + north) - y])
    transformer: Transformer = choose_shift(WGS84, crs, box, ANY_ACCURACY, f"{what}: clip").transformer
    return bytes(shapely.Polygon(np.column_stack(transformer.transform(ring_x, ring_y))).wkb)
