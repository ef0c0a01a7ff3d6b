"""`well-headers`: one row per 10-digit well, from its boreholes.

The original hole names and locates the well; the borehole whose status is the latest says operator and
status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.boreholes import Borehole, read_boreholes
from sandbox.enverus_api.mapping.locations import Location, locate
from sandbox.enverus_api.mapping.updates import BOREHOLE_CHANGES, first_updated
from sandbox.enverus_api.mapping.values import NULL, number, text, us_date
from sandbox.enverus_api.mapping.vintages import Change, Values, two_vintages
from sandbox.enverus_api.schema import Key, Schema, WireValue
from sandbox.enverus_api.tables import Table

ORIGINAL_HOLE = "ST00BP00"


class Well(NamedTuple):
    """The boreholes of one well in order of their API numbers."""

    holes: list[Borehole]

    @property
    def api10(self) -> str:
        return self.original.api_well_number[:10]

    @property
    def original(self) -> Borehole:
        """The hole drilled first. Its number says little: where a well was bypassed, the bypass took over 00."""
        return next((hole for hole in self.holes if hole.well_name_suffix == ORIGINAL_HOLE), self.holes[0])

    @property
    def latest(self) -> Borehole:
        return max(self.holes, key=lambda hole: (_status_day(hole), hole.api_well_number))


def load(schema: Schema) -> dict[str, Table]:
    holes_before, holes_after = read_boreholes()
    locations = locate(holes_after)
    earlier, latest = _wells(holes_before), _wells(holes_after)
    after = {key: _values(well, locations) for key, well in latest.items()}

    def values_before(key: Key, well: Well) -> Values:
        """Rows that did not change are shared."""
        return after[key] if well == latest[key] else _values(well, locations)

    before = {key: (first_updated(well.api10, well.holes), values_before(key, well)) for key, well in earlier.items()}
    change = Change(
        window=BOREHOLE_CHANGES,
        revised=lambda key: before[key][1] != after[key],
        withdrawn=lambda key: key not in latest,
    )
    columns = tuple(_row(next(iter(latest.values())), locations))
    return two_vintages(schema, columns, before, after, change)


def _wells(holes: Mapping[str, Borehole]) -> dict[Key, Well]:
    grouped: defaultdict[Key, list[Borehole]] = defaultdict(list)
    for api in sorted(holes):
        grouped[(identity.well_id(api),)].append(holes[api])
    return {key: Well(members) for key, members in grouped.items()}


def _status_day(hole: Borehole) -> str:
    stated = us_date(hole.borehole_stat_dt)
    return "" if stated == NULL else stated


def _values(well: Well, locations: Mapping[str, Location]) -> Values:
    return tuple(_row(well, locations).values())


def _row(well: Well, locations: Mapping[str, Location]) -> dict[str, WireValue]:
    original, latest = well.original, well.latest
    surface = locations[original.api_well_number].surface
    block = f"{original.surf_area_code} {original.surf_block_number}".strip()
    return {
        "WellID": identity.well_id(original.api_well_number),
        "API_UWI": identity.dashed(well.api10),
        "API_UWI_Unformatted": well.api10,
        "WellName": text(original.well_name),
        "WellNumber": text(original.well_name),
        "ENVOperator": text(latest.company_name),
        "ENVWellStatus": codes.BOREHOLE_STATUS[latest.borehole_stat_cd],
        "ENVWellType": codes.WELL_TYPE[original.well_type_code],
        "ENVElevationKB_FT": number(original.rkb_elevation),
        "WaterDepth": number(original.water_depth),
        "Lease": text(original.surf_lease_number),
        "Block": text(block),
        "Field": text(original.botm_fld_name_cd),
        "ENVRegion": codes.REGION[original.region_code],
        "ENVPlay": codes.play(original.region_code, original.water_depth),
        "StateProvince": codes.STATE[well.api10[:2]],
        "Country": "US",
        "SpudDate": us_date(original.well_spud_date),
        "PlugDate": us_date(latest.borehole_stat_dt) if latest.borehole_stat_cd == "PA" else NULL,
        "Latitude": surface.lat if surface else None,
        "Longitude": surface.lon if surface else None,
        "GeomSHL_Point": surface.wkt if surface else NULL,
        "SurfaceLatLongSource": "BSEE" if surface else NULL,
    }
