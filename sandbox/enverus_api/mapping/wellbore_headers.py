"""`wellbore-headers`: one row per 12-digit borehole; all of it is the agency's."""

from __future__ import annotations

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.columns import Row, api_of_wellbore, degrees, where
from sandbox.enverus_api.mapping.selection import Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.values import NULL, number, text
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND
from sandbox.enverus_api.mapping.wells import wellbore_type
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_CANCELLED = "CNL"


def load(schema: Schema) -> dict[str, Table]:
    """A wellbore ends when it is cancelled: a sidetracked one is still a hole in the ground."""
    earlier, latest = ({_key(hole): hole for hole in holes(vintage).values()} for vintage in (FIRST, SECOND))
    return tables(
        schema,
        lambda vintage: {_key(hole): _row(hole) for hole in holes(vintage).values()},
        lambda key: first_updated(earlier[key].api, [earlier[key].facts]),
        withdrawn=lambda key: earlier[key].status != _CANCELLED == latest[key].status,
    )


def _key(hole: Hole) -> Key:
    return (identity.wellbore_id(hole.api),)


def _row(hole: Hole) -> Row:
    facts, (surface, bottom) = hole.facts, (hole.place.surface, hole.place.bottom)
    latitude, longitude = degrees(surface)
    latitude_bottom, longitude_bottom = degrees(bottom)
    return {
        "WellboreID": identity.wellbore_id(hole.api),
        "WellID": identity.well_id(hole.api),
        **api_of_wellbore(hole.api),
        **where(hole),
        "ENVOperator": text(facts.company_name),
        "ENVWellboreType": wellbore_type(facts.well_name_suffix),
        "Trajectory": hole.place.trajectory,
        "MD_FT": number(facts.bh_total_md),
        "TVD_FT": number(facts.well_bore_tvd),
        "StateProvince": codes.STATE[hole.api[:2]],
        "Country": "US",
        "Latitude": latitude,
        "Longitude": longitude,
        "Latitude_BH": latitude_bottom,
        "Longitude_BH": longitude_bottom,
        "GeomSHL_Point": surface.wkt if surface else NULL,
        "GeomBHL_Point": bottom.wkt if bottom else NULL,
        "LateralLine": hole.place.line,
    }
