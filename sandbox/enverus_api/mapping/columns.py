"""What several datasets say of a borehole in the same words: its numbers, its dates, its owner and its place."""

from __future__ import annotations

from datetime import datetime

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.locations import Point
from sandbox.enverus_api.mapping.selection import Hole
from sandbox.enverus_api.mapping.values import NULL, iso, text
from sandbox.enverus_api.schema import WireValue

Row = dict[str, WireValue]


def api_of_well(api: str) -> Row:
    return {"API_UWI": identity.dashed(api[:10]), "API_UWI_Unformatted": api[:10]}


def api_of_wellbore(api: str) -> Row:
    return {**api_of_well(api), "API_UWI_12": identity.dashed(api), "API_UWI_12_Unformatted": api}


def api_of_completion(api: str) -> Row:
    api14 = identity.api14(api)
    return {**api_of_wellbore(api), "API_UWI_14": identity.dashed(api14), "API_UWI_14_Unformatted": api14}


def where(hole: Hole) -> Row:
    """Region and play; states have names of other lengths in other datasets."""
    facts = hole.facts
    return {"ENVRegion": codes.REGION[facts.region_code], "ENVPlay": codes.play(facts.region_code, facts.water_depth)}


def block(hole: Hole) -> str:
    return text(f"{hole.facts.surf_area_code} {hole.facts.surf_block_number}".strip())


def degrees(point: Point | None) -> tuple[float | None, float | None]:
    """Latitude and longitude."""
    return (point.lat, point.lon) if point else (None, None)


def when(moment: datetime | None) -> str:
    return iso(moment) if moment else NULL


def days_between(start: datetime | None, end: datetime | None) -> int | None:
    return (end - start).days if start and end else None
