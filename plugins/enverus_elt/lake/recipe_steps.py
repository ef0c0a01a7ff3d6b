"""A recipe's steps on a layer in a scratch schema, one function a step; each says what it did, in numbers."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from enverus_elt.deliveries import recipes as steps
from enverus_elt.errors import DeliveryError
from enverus_elt.lake.column_steps import cast, keep_rows, rename
from enverus_elt.lake.layers import Layer, ask, change, count, drop_table, rebuild
from enverus_elt.lake.lines import lines_from_points
from enverus_elt.lake.reprojecting import clip, reproject
from enverus_elt.lake.workshop import Workshop

Facts = dict[str, Any]
StepFunction = Callable[[Workshop, Layer, Any], tuple[Layer, Facts]]

NO_OTHERS: Mapping[type[steps.Step], StepFunction] = MappingProxyType({})
LISTED = 20  # invalid geometries that the record names


def run_step(
    shop: Workshop,
    layer: Layer,
    step: steps.Step,
    others: Mapping[type[steps.Step], StepFunction] = MappingProxyType({}),
) -> tuple[Layer, Facts]:
    """The layer after the step, and ``{step, its settings, in, out, changed, …}``.

    ``others`` are steps that need more than the layer and the database.
    """
    function = {**STEPS, **others}.get(type(step))
    if function is None:
        raise DeliveryError(f"{layer.what}: the step {step.step} is not for layers")
    before = count(shop, layer)
    result, facts = function(shop, layer, step)
    settings = step.model_dump(mode="json", exclude={"step"})
    return result, {"step": step.step, "settings": settings, "in": before, "out": count(shop, result), **facts}


def force_2d(shop: Workshop, layer: Layer, _: steps.Force2D) -> tuple[Layer, Facts]:
    """Z and M go; x and y stay as they are."""
    return layer, {"changed": change(shop, layer, "recipes/force_2d.sql", "force_2d")}


def multi(shop: Workshop, layer: Layer, _: steps.Multi) -> tuple[Layer, Facts]:
    """Points, lines and polygons become multis of one part."""
    return layer, {"changed": change(shop, layer, "recipes/multi.sql", "multi")}


def make_valid(shop: Workshop, layer: Layer, step: steps.MakeValid) -> tuple[Layer, Facts]:
    """Only what is not valid is touched; the first of them are listed with row, reason and place.

    What is left of a polygon that has no inside, or of a line of one point, is an empty geometry of its kind: the row
    stays, and is counted as collapsed.
    """
    repaired = f"{layer.table}_invalid"
    options = f"method={step.method} keepcollapsed=true" if step.method == "structure" else "method=linework"
    change(shop, layer, "recipes/repair_invalid.sql", "make_valid", {"options": options}, target=repaired)
    found = ask(shop, layer, "recipes/select_invalid.sql", {"most": LISTED}, source=repaired)
    totals = ask(shop, layer, "recipes/count_repairs.sql", source=repaired)[0]
    changed = change(shop, layer, "recipes/put_repairs.sql", "make_valid", source=repaired)
    drop_table(shop, repaired)
    return layer, {"changed": changed, **totals, "invalid": [dict(row) for row in found]}


def simplify(shop: Workshop, layer: Layer, step: steps.Simplify) -> tuple[Layer, Facts]:
    """Fewer vertices; no geometry vanishes."""
    before = ask(shop, layer, "recipes/count_vertices.sql")[0]["vertices"]
    changed = change(shop, layer, "recipes/simplify.sql", "simplify", {"tolerance": step.tolerance})
    after = ask(shop, layer, "recipes/count_vertices.sql")[0]["vertices"]
    return layer, {"changed": changed, "vertices_before": before, "vertices_after": after}


def subdivide(shop: Workshop, layer: Layer, step: steps.Subdivide) -> tuple[Layer, Facts]:
    """Each piece is a row of its own; one without geometry stays as it is."""
    large = ask(shop, layer, "recipes/count_large.sql", {"most": step.max_vertices})[0]["count"]
    rebuild(shop, layer, "recipes/subdivide.sql", "subdivide", most=step.max_vertices)
    return layer, {"changed": large}


STEPS: dict[type[steps.Step], StepFunction] = {
    steps.Reproject: reproject,
    steps.MakeValid: make_valid,
    steps.Force2D: force_2d,
    steps.Multi: multi,
    steps.Subdivide: subdivide,
    steps.Clip: clip,
    steps.Simplify: simplify,
    steps.Rename: rename,
    steps.Cast: cast,
    steps.Filter: keep_rows,
    steps.LinesFromPoints: lines_from_points,
}
