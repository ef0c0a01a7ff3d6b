"""The figure of a batch's map, drawn by Bokeh; the same features give the same bytes."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import shapely
from bokeh.embed import json_item
from bokeh.models import ColumnDataSource, HoverTool, Range1d, WheelZoomTool
from bokeh.plotting import figure
from bokeh.resources import Resources

from enverus_elt.catalog import Dataset
from enverus_elt.steps.review.batch_map import FATES, Feature, Features
from enverus_elt.steps.review.map_geometry import (
    Numbers,
    Projection,
    cells_near,
    counties,
    one_line,
    plays,
    polygons_of,
    projection_for,
    states,
)
from enverus_elt.steps.review.map_looks import COLOURS, MOVES, is_shown, points_of

MARKERS = {"inserted": "circle", "updated": "square", "deleted": "x", "quarantined": "triangle"}
LOOKS: tuple[dict[str, Any], ...] = ({"size": 7, "fill_alpha": 0.5}, {"line_width": 1.5}, {"fill_alpha": 0.25})
GREY = "#8a9099"
MARGIN = 0.08  # of the features' width around them
LEAST_WIDTH = 2_000.0  # metres


class Layer(NamedTuple):
    """Features of one geometry and fate with their shapes, and whether they are seen at first."""

    shape: str
    fate: str
    members: list[tuple[Feature, Any]]
    shown: bool


class Map(NamedTuple):
    """The figure as JSON for BokehJS, and two views of it: least x, least y, greatest x, greatest y in metres."""

    item: str
    everything: tuple[float, float, float, float]
    middle: tuple[float, float, float, float]
    projection: Projection


def draw_map(dataset: Dataset, features: Features) -> Map:
    """Draw all features; which of them are seen at first is :func:`is_shown`."""
    # What PostGIS can read and GEOS cannot, a surface of triangles say, only ever comes from the quarantine.
    shapes = shapely.from_wkb([feature.drawn for feature in features.drawn], on_invalid="ignore")
    lon_lat = shapely.get_coordinates(shapes)
    projection = projection_for(lon_lat)
    shown = shapes[[is_shown(dataset, feature.shape) for feature in features.drawn]]
    seen = projection.points(lon_lat if shapely.is_missing(shown).all() else shapely.get_coordinates(shown))
    everything, middle = _view(seen, 0), _view(seen, 1)
    plot: Any = figure(
        x_range=Range1d(start=everything[0], end=everything[2]),
        y_range=Range1d(start=everything[1], end=everything[3]),
        x_axis_type="mercator",
        y_axis_type="mercator",
        sizing_mode="stretch_both",
        tools="pan,box_zoom,save",
        toolbar_location="above",
        name="plot",
    )
    plot.add_tools(wheel := WheelZoomTool())
    plot.toolbar.active_scroll = wheel
    plot.toolbar.logo = None
    _draw_outlines(plot, lon_lat, projection)
    layers: dict[tuple[str, str], list[tuple[Feature, Any]]] = {}
    for feature, shape in zip(features.drawn, shapes, strict=True):
        layers.setdefault((feature.shape, feature.fate), []).append((feature, shape))
    drawn = [
        renderer
        for (shape, fate), members in sorted(layers.items(), key=lambda layer: _depth(dataset, *layer[0]))
        for renderer in _draw_layer(plot, Layer(shape, fate, members, is_shown(dataset, shape)), projection)
    ]
    _explain(plot, drawn, dataset, features.label)
    return Map(_as_json(plot), everything, middle, projection)


def _depth(dataset: Dataset, shape: str, fate: str) -> tuple[bool, int]:
    """What is drawn later lies above: points above lines, what is rare above what there is much of."""
    return shape in points_of(dataset), FATES.index(fate)


def bokeh_script() -> str:
    """The part of BokehJS that draws; widgets, tables and formulas are not needed."""
    return str(Resources(mode="inline", components=["bokeh"]).js_raw[0])


def _view(points: Numbers, percent: float) -> tuple[float, float, float, float]:
    low, high = np.percentile(points, [percent, 100 - percent], axis=0)
    margin = np.maximum((high - low).max() * MARGIN, LEAST_WIDTH)
    return tuple(float(number) for number in (*(low - margin).round(), *(high + margin).round()))  # type: ignore[return-value]


def _draw_outlines(plot: Any, lon_lat: Numbers, projection: Projection) -> None:
    near = cells_near(lon_lat)
    found = plays(near)
    rings = [ring for play in found for ring in play.rings]
    if rings:
        xs, ys = _columns([projection.points(ring) for ring in rings])
        plot.patches(xs, ys, name="plays", fill_color="#b08d57", fill_alpha=0.10, line_color="#b08d57", line_alpha=0.8)
        label = projection.points(np.concatenate([play.label for play in found]))
        source = ColumnDataSource({"x": label[:, 0], "y": label[:, 1], "text": [play.name for play in found]})
        style = {"text_font_size": "11px", "text_color": "#b08d57", "text_align": "center"}
        plot.text(x="x", y="y", text="text", source=source, name="play names", **style)
    for name, lines, width in (("counties", counties(near), 0.5), ("states", states(), 1.0)):
        line = one_line(lines, projection).astype(np.float32)
        source = ColumnDataSource({"x": line[:, 0], "y": line[:, 1]})
        plot.line(x="x", y="y", source=source, name=name, line_color=GREY, line_width=width, line_alpha=0.8)


def _draw_layer(plot: Any, layer: Layer, projection: Projection) -> list[Any]:
    colour, drawn = COLOURS[layer.fate], []
    for dimension in (0, 1, 2):
        some = [member for member in layer.members if shapely.get_dimensions(member[1]) == dimension]
        if not some:
            continue
        if dimension < 2:
            some = [(feature, part) for feature, shape in some for part in shapely.get_parts(shape)]
        places = _place_columns(dimension, [part for _, part in some], projection)
        source = ColumnDataSource({**_texts([feature for feature, _ in some]), **places})
        style = {**LOOKS[dimension], "line_color": colour, "visible": layer.shown}
        style |= {"source": source, "name": f"{layer.fate} {layer.shape}"}
        if dimension == 0:
            drawn.append(plot.scatter("x", "y", fill_color=colour, marker=MARKERS[layer.fate], **style))
        elif dimension == 1:
            drawn.append(plot.multi_line("xs", "ys", **style))
        else:
            drawn.append(plot.multi_polygons("xs", "ys", fill_color=colour, **style))
    if moved := [feature for feature, _ in layer.members if feature.moved]:
        drawn.append(_draw_moves(plot, layer, moved, projection))
    return drawn


def _draw_moves(plot: Any, layer: Layer, moved: Sequence[Feature], projection: Projection) -> Any:
    before = projection.points(np.array([(one.before_x, one.before_y) for one in moved], dtype=np.float64))
    after = projection.points(np.array([(one.after_x, one.after_y) for one in moved], dtype=np.float64))
    data = {**_texts(moved), "x0": before[:, 0], "y0": before[:, 1], "x1": after[:, 0], "y1": after[:, 1]}
    style = {"line_color": MOVES, "line_width": 2, "visible": layer.shown, "name": f"moved {layer.shape}"}
    return plot.segment("x0", "y0", "x1", "y1", source=ColumnDataSource(data), **style)


def _texts(members: Sequence[Feature]) -> dict[str, Any]:
    return {
        "key": [feature.name for feature in members],
        "label": [feature.label or "" for feature in members],
        "moved": [f"{feature.moved:,.1f} m" if feature.moved else "" for feature in members],
    }


def _place_columns(dimension: int, shapes: Sequence[Any], projection: Projection) -> dict[str, Any]:
    if dimension == 0:
        points = projection.points(shapely.get_coordinates(shapes))
        return {"x": points[:, 0], "y": points[:, 1]}
    if dimension == 1:
        xs, ys = _columns([projection.points(shapely.get_coordinates(shape)) for shape in shapes])
        return {"xs": xs, "ys": ys}
    nested = [[_columns(rings) for rings in polygons_of(shape, projection)] for shape in shapes]
    return {"xs": [[x for x, _ in parts] for parts in nested], "ys": [[y for _, y in parts] for parts in nested]}


def _columns(lines: Sequence[Numbers]) -> tuple[list[list[int]], list[list[int]]]:
    """Whole metres: what is drawn of lines and outlines is simplified to ten."""
    whole = [line.round().astype(int) for line in lines]
    return [line[:, 0].tolist() for line in whole], [line[:, 1].tolist() for line in whole]


def _explain(plot: Any, drawn: list[Any], dataset: Dataset, label: str | None) -> None:
    rows = [("", "$name"), (", ".join(dataset.load.key), "@key")]
    rows += [(label, "@label")] if label else []
    # Only what was updated can have moved.
    can_move = [renderer for renderer in drawn if str(renderer.name).startswith(("updated", "moved"))]
    others = [renderer for renderer in drawn if renderer not in can_move]
    for renderers, more in ((can_move, [("moved", "@moved")]), (others, [])):
        if renderers:
            plot.add_tools(HoverTool(renderers=renderers, tooltips=[*rows, *more], visible=False, limit=3))


def _as_json(plot: Any) -> str:
    """Bokeh numbers its models by how many the process has made before: numbered anew, the page is the same again."""
    item: Any = json_item(plot, cast(Any, "map"))
    numbers: dict[str, str] = {}
    _renumber(item, numbers)
    item["root_id"] = numbers[item["root_id"]]
    item["doc"]["title"] = ""
    return json.dumps(item, separators=(",", ":"), allow_nan=False)


def _renumber(value: Any, numbers: dict[str, str]) -> None:
    if isinstance(value, dict):
        if isinstance(identifier := value.get("id"), str):
            value["id"] = numbers.setdefault(identifier, f"m{len(numbers)}")
        for inner in value.values():
            _renumber(inner, numbers)
    elif isinstance(value, list):
        for inner in value:
            _renumber(inner, numbers)
