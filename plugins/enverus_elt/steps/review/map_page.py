"""The map of a batch as a page: the figure, and tables that say the same to whoever cannot see it."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from enverus_elt.catalog import Dataset
from enverus_elt.steps.review.batch_map import MOST_DRAWN, Count, Feature, Features
from enverus_elt.steps.review.evidence_page import number, render_page
from enverus_elt.steps.review.map_looks import COLOURS, MOVES, is_shown

if TYPE_CHECKING:
    from enverus_elt.steps.review.map_figure import Map

TITLES = ("rows", "with a place", "drawn")
UPDATED_TITLES = ("moved", "median move", "farthest move", "only reshaped", "got a place", "lost its place")


def render_map(dataset: Dataset, batch_id: int, features: Features | None) -> bytes:
    """The page's bytes; a page without a figure where there is nothing that could be drawn."""
    names: dict[str, Any] = {"features": features, "map": None, "moves": [], "layers": [], "move_layers": []}
    if features is None:
        return render_page("map.j2", dataset, batch_id, **names)
    drawn = Counter((feature.shape, feature.fate) for feature in features.drawn)
    names["titles"] = TITLES + (UPDATED_TITLES if any(c.rows for c in features.counts if c.fate == "updated") else ())
    names["layers"] = [_layer(dataset, count, drawn, len(names["titles"])) for count in features.counts]
    if features.drawn:
        # Bokeh and GEOS take a second to import, and a batch that changes no place has nothing to draw.
        from enverus_elt.steps.review.map_figure import bokeh_script, draw_map  # noqa: PLC0415

        drawing = draw_map(dataset, features)
        names |= {"map": drawing, "data": _data(drawing), "bokeh": Markup(bokeh_script())}  # noqa: S704 - Bokeh's own
        names |= {"sampled": _sampled(features, drawn), "move_layers": _move_layers(dataset, features)}
        names["moves"] = [_move(move, drawing) for move in features.moves()]
    return render_page("map.j2", dataset, batch_id, key_name=", ".join(dataset.load.key), **names)


def _data(drawing: "Map") -> Markup:
    views = json.dumps({"everything": drawing.everything, "middle": drawing.middle})
    text = f'{{"item":{drawing.item},{views[1:]}'
    # Inside of a script element nothing but its end tag could do harm, and that cannot be spelt without this sign.
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def _layer(dataset: Dataset, count: Count, drawn: Counter[tuple[str, str]], titles: int) -> dict[str, Any]:
    shape, fate = count.shape, count.fate
    numbers = [number(count.rows), number(count.placed), number(drawn[shape, fate])]
    if fate == "updated" and count.rows:
        numbers += [number(count.moved), _metres(count.median), _metres(count.farthest)]
        numbers += [number(count.reshaped), number(count.appeared), number(count.vanished)]
    numbers += [""] * (titles - len(numbers))
    row = {"name": f"{fate} {shape}", "fate": fate, "colour": COLOURS[fate], "numbers": numbers}
    return {**row, **_shape(dataset, shape), "drawn": drawn[shape, fate]}


def _move_layers(dataset: Dataset, features: Features) -> list[dict[str, Any]]:
    moved = Counter(feature.shape for feature in features.drawn if feature.moved)
    return [
        {"name": f"moved {shape}", "colour": MOVES, "drawn": number(moves), **_shape(dataset, shape)}
        for shape, moves in moved.items()
    ]


def _shape(dataset: Dataset, name: str) -> dict[str, Any]:
    shape = dataset.shape(name)
    title = (shape.description if shape else None) or ""
    return {"shape": name, "title": title, "shown": is_shown(dataset, name)}


def _sampled(features: Features, drawn: Counter[tuple[str, str]]) -> str:
    cut = [count for count in features.counts if drawn[count.shape, count.fate] < count.placed]
    if not cut:
        return "Every feature is drawn."
    parts = [f"{number(drawn[c.shape, c.fate])} of {number(c.placed)} {c.fate} {c.shape}" for c in cut]
    return (
        f"Not every feature is drawn, at most {number(MOST_DRAWN)} of a kind: {'; '.join(parts)}. What moved farthest"
        " or spans more than half a degree comes first, then a sample that is the same every time."
    )


def _move(move: Feature, drawing: "Map") -> dict[str, Any]:
    before, after = (move.before_x, move.before_y), (move.after_x, move.after_y)
    points = drawing.projection.points(np.array([before, after], dtype=np.float64))
    box = [*points.min(axis=0), *points.max(axis=0)]
    return {
        "name": move.name,
        "label": move.label,
        "shape": move.shape,
        "moved": _metres(move.moved),
        "before": _place(move.before_x, move.before_y),
        "after": _place(move.after_x, move.after_y),
        "box": " ".join(f"{side:.1f}" for side in box),
    }


def _place(x: float | None, y: float | None) -> str:
    return "" if x is None or y is None else f"{y:.5f}, {x:.5f}"


def _metres(distance: float | None) -> str:
    return "" if distance is None else f"{distance:,.1f} m"
