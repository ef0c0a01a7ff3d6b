"""The step that draws lines through points, which come in any order: one row a line, and no point is lost."""

from typing import Any

import pyarrow as pa

from enverus_elt.deliveries.recipes import LinesFromPoints
from enverus_elt.errors import DeliveryError
from enverus_elt.lake.layers import Layer, LayerColumn, ask, rebuild
from enverus_elt.lake.workshop import Workshop

Facts = dict[str, Any]

LISTED = 100  # lines of one point that the record names; the rows of all of them are in the layer
COUNTED = ("points", "first_point", "missing_points")
FAULTS = {
    "line": "has no {by}: nobody can say which line it is of",
    "number": "has no {order}: nobody can say where in its line it is",
    "place": "has no geometry",
    "kind": "is no point",
    "twice": "is one of several points {number} of line {line}: which comes first?",
}


def lines_from_points(shop: Workshop, layer: Layer, step: LinesFromPoints) -> tuple[Layer, Facts]:
    """Each line's points in the order of a number; a gap in the numbers is no gap in the line, but is counted.

    A line of one point, or of points in one place, is none: its row stays, without geometry, and the record lists it
    with the place. Raises DeliveryError for a point that no line can be drawn through.
    """
    kept = _columns(layer, step)
    for row in ask(shop, layer, "recipes/find_unjoinable.sql", by=step.by, order=step.order):
        why = FAULTS[row["fault"]].format(by=step.by, order=step.order, line=row["line"], number=row["number"])
        raise DeliveryError(f"{layer.what}: row {row['_row']:,}: {step.step}: the point {why}")
    lone = ask(shop, layer, "recipes/select_lone_points.sql", by=step.by)
    differing = {
        name: count
        for name in step.keep
        if (count := ask(shop, layer, "recipes/count_differing.sql", by=step.by, column=name)[0]["count"])
    }
    rebuild(shop, layer, "recipes/lines_from_points.sql", step.step, by=step.by, order=step.order, keep=step.keep)
    result = layer.with_columns(*kept, *(LayerColumn(name, pa.int64()) for name in COUNTED))
    totals = dict(ask(shop, result, "recipes/count_lines.sql")[0])
    facts = {
        "changed": totals["lines"],
        **totals,
        "lone": len(lone),
        "lone_lines": [dict(row) for row in lone[:LISTED]],
        "differing": differing,
    }
    return result, facts


def _columns(layer: Layer, step: LinesFromPoints) -> list[LayerColumn]:
    order = layer.column(step.order, step.step)
    if not pa.types.is_integer(order.type):
        raise DeliveryError(
            f"{layer.what}: {step.step}: {step.order} is {order.type}, and the order must be whole numbers, for as text"
            f" 10 comes before 9: put a step before, cast: {{columns: {{{step.order}: integer}}}}"
        )
    return [layer.column(name, step.step) for name in (step.by, *step.keep)]
