"""Which way coordinates go from one reference system into another, and how many metres that may be off.

Between two datums there are often dozens of operations, of which PROJ takes for each point the one that seems best
there and falls back, in silence, on none at all ("ballpark"). Here one is chosen for a whole layer, and named.
"""

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyproj import CRS, Transformer
from pyproj.crs import BoundCRS
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.reference_systems import WGS84

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shift:
    """One operation. ``accuracy`` is in metres, 0 where both systems have one datum.

    ``better`` names a better operation for the same place which needs a grid that is not installed.
    """

    source: CRS
    target: CRS
    transformer: Transformer
    name: str
    accuracy: float
    better: str | None = None

    @cached_property
    def pinned(self) -> CRS:
        """The source's reference system with this operation as part of it: whoever transforms it has no choice left.

        An operation of several steps between datums cannot be written so; then it is the source's alone.
        """
        steps = [step for step in self.transformer.operations or () if step.type_name == "Transformation"]
        if len(steps) != 1 or self.source.is_bound:
            return self.source
        return BoundCRS(source_crs=self.source, target_crs=self.target.geodetic_crs, transformation=steps[0])

    def facts(self) -> dict[str, Any]:
        """What a version's record says of it."""
        found: dict[str, Any] = {"operation": self.name, "accuracy_m": self.accuracy}
        return found | ({"better_with_a_grid": self.better} if self.better else {})


def choose_shift(source: CRS, target: CRS, bounds: Box | None, most_metres: float, what: str) -> Shift:
    """The best operation for where the data lies (``bounds`` in the source's units); raises DeliveryError without one.

    That is where PROJ knows only a ballpark offset, or nothing within ``most_metres``: the message names the grid that
    would help.
    """
    names = f"{what}: {source.name} to {target.name}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a grid that is not there is told of below
        group = TransformerGroup(
            source, target, always_xy=True, area_of_interest=_area(source, bounds), allow_ballpark=False
        )
    missing = [f"{item.name} ({_grids(item)})" for item in group.unavailable_operations]
    help_ = f"; {missing[0]} would do: install that grid for PROJ, or" if missing else ";"
    if not group.transformers:
        raise DeliveryError(f"{names}: PROJ knows no way that is more than a guess{help_} deliver in {target.name}")
    found = group.transformers[0]
    if found.accuracy < 0 or found.accuracy > most_metres:
        much = "an unknown distance" if found.accuracy < 0 else f"{found.accuracy:g} m"
        raise DeliveryError(
            f"{names}: {_name(found)} may be off by {much}, the recipe allows {most_metres:g} m{help_} raise the "
            "reproject step's accuracy"
        )
    better = missing[0] if missing and not group.best_available else None
    return Shift(source, target, found, _name(found), found.accuracy, better)


def _area(source: CRS, bounds: Box | None) -> AreaOfInterest | None:
    """Where on Earth the data lies; a ballpark is good enough to choose by."""
    if bounds is None:
        return None
    found = in_degrees(source, bounds)
    if found is None or not (-180 <= found[0] <= found[2] <= 180):
        return None
    return AreaOfInterest(found[0], max(found[1], -90.0), found[2], min(found[3], 90.0))


def in_degrees(source: CRS, bounds: Box) -> Box | None:
    """A box in degrees of WGS 84 around one of the source's; None where it has no place on Earth.

    One that crosses the 180th meridian goes all around, for a box's west is not east of its east.
    """
    if source.equals(WGS84, ignore_axis_order=True):
        return bounds
    transformer = Transformer.from_crs(source, WGS84, always_xy=True)
    try:
        west, south, east, north = transformer.transform_bounds(*bounds, densify_pts=21)
    except ProjError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))):
        return None
    return (-180.0, south, 180.0, north) if west > east else (west, south, east, north)


def _name(transformer: Transformer) -> str:
    parts = transformer.description.split(" + ")
    return " + ".join(part for part in parts if not part.startswith("axis order change")) or "none needed"


def _grids(operation: Any) -> str:
    return ", ".join(grid.short_name for grid in operation.grids if not grid.available) or "not installed"
