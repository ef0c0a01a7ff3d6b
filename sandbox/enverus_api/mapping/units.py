"""`landtrac-units`: one row per completed well of a unit. There are no such units.

The wells of a lease at the bottom of their holes make a unit; its outline is a rectangle around them. Wells, leases and
operators are the agency's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import shapely
from pyproj import Geod

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance
from sandbox.enverus_api.mapping.columns import Row, api_of_well, when, where
from sandbox.enverus_api.mapping.permit_history import permit_of
from sandbox.enverus_api.mapping.selection import Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.values import number, text
from sandbox.enverus_api.mapping.vintages import FIRST
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_COMPLETED = "COM"
_AROUND_DEGREES = 0.004  # some four hundred metres
_DECIMALS = 6
_SQUARE_METRES_PER_ACRE = 4_046.8564224
_WGS84 = Geod(ellps="WGS84")


def load(schema: Schema) -> dict[str, Table]:
    first: dict[Key, Hole] = {(hole.api[:10],): hole for hole in _completed(FIRST)}
    return tables(schema, _rows, lambda key: first_updated(first[key].api[:10], [first[key].facts]))


def _completed(vintage: str) -> list[Hole]:
    """The newest completed hole of each well that has a lease and a place."""
    found = {
        hole.api[:10]: hole
        for hole in holes(vintage).values()
        if hole.status == _COMPLETED and hole.facts.botm_lease_number and hole.place.surface
    }
    return list(found.values())


def _rows(vintage: str) -> dict[Key, Row]:
    units: defaultdict[str, list[Hole]] = defaultdict(list)
    for hole in _completed(vintage):
        units[hole.facts.botm_lease_number].append(hole)
    return {(hole.api[:10],): row for members in units.values() for hole, row in _unit(members)}


def _unit(members: list[Hole]) -> Iterable[tuple[Hole, Row]]:
    outline = _outline(members)
    area = abs(_WGS84.geometry_area_perimeter(outline)[0]) / _SQUARE_METRES_PER_ACRE
    shape: Row = {"AreaAcres": round(area, 2), "Geom_Poly": shapely.to_wkt(outline, rounding_precision=_DECIMALS)}
    return [(hole, {**_row(hole), **shape}) for hole in members]


def _outline(members: list[Hole]) -> shapely.Geometry:
    """A rectangle around both ends of all holes, with some room."""
    ends = [end for hole in members for end in (hole.place.surface, hole.place.bottom) if end]
    around = shapely.minimum_rotated_rectangle(shapely.MultiPoint(ends).buffer(_AROUND_DEGREES, cap_style="square"))
    return shapely.set_precision(around, 10**-_DECIMALS)


def _row(hole: Hole) -> Row:
    facts, permit, chance = hole.facts, permit_of(hole.api), Chance("unit", hole.api)
    bottom = number(facts.well_bore_tvd)
    return {
        **api_of_well(hole.api),
        "WellID": identity.well_id(hole.api),
        "WellName": text(facts.well_name),
        "UnitName": f"{SYNTHETIC} UNIT {facts.botm_lease_number}",
        "Instrument": SYNTHETIC,
        "LeaseNumber": text(facts.botm_lease_number),
        "ENVOperatorCurrent": text(facts.company_name),
        "ENVOperatorPermitted": text(facts.company_name),
        "RAWOperatorPermitted": text(facts.company_name),
        "ENVWellStatus": codes.BOREHOLE_STATUS[facts.borehole_stat_cd],
        **where(hole),
        "StateProvince": codes.STATE[hole.api[:2]],
        "Trajectory": hole.place.trajectory,
        "PermitSubmittedDate": when(permit and permit.submitted),
        "PermitApprovedDate": when(permit and permit.approved),
        "SpudDate": when(hole.spud),
        "DrillingEndDate": when(hole.reached_depth),
        # The agency dates some statuses before what led to them.
        "CompletionDate": when(max(filter(None, (hole.status_since, hole.reached_depth, hole.spud)), default=None)),
        "TopOfZone_FT": bottom - chance.whole("zone", 50, 400) if bottom else None,
        "BottomOfZone_FT": bottom,
    }
