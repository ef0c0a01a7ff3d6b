"""`wells`: one row per 12-digit borehole, each with one completion."""

from __future__ import annotations

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.boreholes import Borehole, read_boreholes
from sandbox.enverus_api.mapping.locations import Location, locate
from sandbox.enverus_api.mapping.updates import BOREHOLE_CHANGES, first_updated
from sandbox.enverus_api.mapping.values import NULL, number, text, us_date
from sandbox.enverus_api.mapping.vintages import Change, Values, two_vintages
from sandbox.enverus_api.schema import Key, Schema, WireValue
from sandbox.enverus_api.tables import Table

# A row of `wells` is a completion. It ends when its hole is cancelled before drilling, or sidetracked: the
# old hole is then plugged back and the completion goes on in the new one.
ENDED_STATUSES = frozenset({"CNL", "ST"})


def is_ended(before: Borehole, after: Borehole) -> bool:
    return before.borehole_stat_cd not in ENDED_STATUSES and after.borehole_stat_cd in ENDED_STATUSES


def load(schema: Schema) -> dict[str, Table]:
    earlier, latest = read_boreholes()
    locations = locate(latest)
    api_of = {_key(api): api for api in latest}
    after = {key: _values(latest[api], locations[api]) for key, api in api_of.items()}

    def values_before(key: Key, hole: Borehole) -> Values:
        """Rows that did not change are shared: they are nearly all, in memory and in start-up time."""
        api = hole.api_well_number
        return after[key] if hole == latest[api] else _values(hole, locations[api])

    before = {
        (key := _key(api)): (first_updated(api, [hole]), values_before(key, hole)) for api, hole in earlier.items()
    }
    change = Change(
        window=BOREHOLE_CHANGES,
        revised=lambda key: before[key][1] != after[key],
        withdrawn=lambda key: is_ended(earlier[api_of[key]], latest[api_of[key]]),
    )
    sample = next(iter(latest))
    columns = tuple(_row(latest[sample], locations[sample]))
    return two_vintages(schema, columns, before, after, change)


def _key(api: str) -> Key:
    return identity.well_id(api), identity.completion_id(api)


def _values(hole: Borehole, location: Location) -> Values:
    return tuple(_row(hole, location).values())


def _row(hole: Borehole, location: Location) -> dict[str, WireValue]:
    return {
        **_identifiers(hole),
        **_description(hole),
        **_dates(hole),
        **_depths(hole),
        **_position(location),
    }


def _identifiers(hole: Borehole) -> dict[str, WireValue]:
    api = hole.api_well_number
    return {
        "WellID": identity.well_id(api),
        "WellboreID": identity.wellbore_id(api),
        "CompletionID": identity.completion_id(api),
        "CompletionNumber": 1,
        "API_UWI": identity.dashed(api[:10]),
        "API_UWI_Unformatted": api[:10],
        "API_UWI_12": identity.dashed(api),
        "API_UWI_12_Unformatted": api,
        "API_UWI_14": identity.dashed(identity.api14(api)),
        "API_UWI_14_Unformatted": identity.api14(api),
    }


def _description(hole: Borehole) -> dict[str, WireValue]:
    return {
        "WellName": text(hole.well_name),
        "WellNumber": text(hole.well_name + hole.well_name_suffix),
        "ENVOperator": text(hole.company_name),
        "RawOperator": text(hole.company_name),
        "ENVWellStatus": codes.BOREHOLE_STATUS[hole.borehole_stat_cd],
        "ENVWellType": codes.WELL_TYPE[hole.well_type_code],
        "ENVWellboreType": wellbore_type(hole.well_name_suffix),
        "DevelopmentFlag": int(hole.well_type_code == "D"),
        "ExplorationFlag": int(hole.well_type_code == "E"),
        "Lease": text(hole.botm_lease_number),
        "Block": text(f"{hole.botm_area_code} {hole.botm_block_number}".strip()),
        "Field": text(hole.botm_fld_name_cd),
        "ENVRegion": codes.REGION[hole.region_code],
        "ENVPlay": codes.play(hole.region_code, hole.water_depth),
        "StateProvince": codes.STATE[hole.api_well_number[:2]],
        "Country": "US",
        "OnOffshore": "OFFSHORE",
    }


def wellbore_type(suffix: str) -> str:
    """From `ST01BP02`: the second bypass of the first sidetrack."""
    if not suffix.endswith("BP00"):
        return "Bypass"
    return "Original" if suffix.startswith("ST00") else "Sidetrack"


def _dates(hole: Borehole) -> dict[str, WireValue]:
    return {
        "SpudDate": us_date(hole.well_spud_date),
        "DrillingTDDate": us_date(hole.total_depth_date),
        "PlugDate": us_date(hole.borehole_stat_dt) if hole.borehole_stat_cd == "PA" else NULL,
    }


def _depths(hole: Borehole) -> dict[str, WireValue]:
    return {
        "MD_FT": number(hole.bh_total_md),
        "TVD_FT": number(hole.well_bore_tvd),
        "ENVElevationKB_FT": number(hole.rkb_elevation),
        "ElevationKB_FT": number(hole.rkb_elevation),
        "WaterDepth": number(hole.water_depth),
    }


def _position(location: Location) -> dict[str, WireValue]:
    surface, bottom = location.surface, location.bottom
    return {
        "Latitude": surface.lat if surface else None,
        "Longitude": surface.lon if surface else None,
        "Latitude_BH": bottom.lat if bottom else None,
        "Longitude_BH": bottom.lon if bottom else None,
        "GeomSHL_Point": surface.wkt if surface else NULL,
        "GeomBHL_Point": bottom.wkt if bottom else NULL,
        "LateralLine": location.line,
        "Trajectory": location.trajectory,
        "CoordinateSource": "BSEE" if surface else NULL,
    }
