"""What the warehouse calls a field of the vendor."""

import re
from typing import NamedTuple

from enverus_elt.catalog.columns import GeometryType

WORDS = (
    (re.compile(r"([A-Z]+)([A-Z][a-z])"), r"\1_\2"),  # ENVBasin, MCFPer
    (re.compile(r"([a-z])([A-Z0-9])"), r"\1_\2"),  # WellID, First3
    (re.compile(r"([0-9])([A-Z][a-z])"), r"\1_\2"),  # 3Month, but 1000FT and 64IN are one word each
)
SHAPE = re.compile(r"Geom(?P<what>[A-Za-z0-9]*)_(?P<kind>Point|Line|Poly|Polygon)", re.IGNORECASE)
KINDS = {
    "point": ("point", GeometryType.POINT),
    "line": ("line", GeometryType.LINE),
    "poly": ("poly", GeometryType.MULTI_POLYGON),
    "polygon": ("poly", GeometryType.MULTI_POLYGON),
}
SURFACE = "shl"  # the surface hole location is a well's place as such: geom_point


class Shape(NamedTuple):
    """The column of a geometry that its field's name tells: ``geom_bhl_point``, and the type it holds."""

    name: str
    type: GeometryType


def column_name(field: str) -> str:
    """``CumGas_MCFPer1000FT`` as ``cum_gas_mcf_per_1000ft``; whether that may be a column's name is another matter."""
    if not field.islower():  # else its words are separated already, as far as they ever will be
        for boundary, separated in WORDS:
            field = boundary.sub(separated, field)
    return re.sub(r"_+", "_", field).lower()


def shape_of(field: str) -> Shape | None:
    """The geometry that a field holds by its name, as WKT or otherwise; None for a name that says nothing of it."""
    if field.lower() == "lateralline":
        return Shape("geom_line", GeometryType.LINE)
    if (match := SHAPE.fullmatch(field)) is None:
        return None
    kind, geometry_type = KINDS[match["kind"].lower()]
    what = column_name(match["what"]).replace("_", "")
    return Shape("_".join(filter(None, ("geom", "" if what == SURFACE else what, kind))), geometry_type)
