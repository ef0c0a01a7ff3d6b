"""Which rig drilled which hole, when: made up, but so that no rig is in two places at once.

Holes and their days are the agency's. They are dealt out in the order of their spuds to rigs of their kind that are
free, the one that was there last first: sidetracks go to the rig that drilled the hole they leave.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

from pyproj import Geod

from sandbox.enverus_api.mapping.chance import Chance
from sandbox.enverus_api.mapping.moments import day
from sandbox.enverus_api.mapping.selection import AS_OF, Hole, holes
from sandbox.enverus_api.mapping.vintages import SECOND

_SINCE = day(2018, 1, 1)
_DRILLING = "DRL"
_METRES_PER_MILE = 1609.344
_DRILLSHIP, _JACKUP, _PLATFORM = "DRILLSHIP", "JACKUP", "PLATFORM RIG"


class Job(NamedTuple):
    """A rig's stay at a hole; `end` is missing while it lasts, distances in miles."""

    rig: int
    kind: str
    api: str
    start: datetime
    end: datetime | None
    miles_from_last: float | None
    miles_to_next: float | None


@cache
def jobs() -> dict[str, Job]:
    """Jobs by API number, in the order of their starts."""
    drilled = [hole for hole in holes(SECOND).values() if hole.spud and hole.spud >= _SINCE]
    stays = _one_hole_at_a_time(sorted((_stay(hole) for hole in drilled), key=_order))
    dealt = _deal(stays)
    following: dict[str, str] = {}
    last: dict[int, str] = {}
    for stay in stays:
        rig = dealt[stay.api]
        if rig in last:
            following[last[rig]] = stay.api
        last[rig] = stay.api
    preceding = {after: before for before, after in following.items()}
    return {
        stay.api: Job(
            rig=dealt[stay.api],
            kind=stay.kind,
            api=stay.api,
            start=stay.start,
            end=stay.end,
            miles_from_last=_miles(preceding.get(stay.api), stay.api),
            miles_to_next=_miles(stay.api, following.get(stay.api)),
        )
        for stay in stays
    }


@cache
def begun(vintage: str) -> dict[str, Job]:
    """Jobs that had begun by then, of holes that the publication of then knows to be spudded."""
    known, as_of = holes(vintage), AS_OF[vintage]
    return {api: job for api, job in jobs().items() if api in known and known[api].spud and job.start <= as_of}


@cache
def on_location(vintage: str) -> dict[int, Job]:
    """The job of each rig that is still there: by its end, or as the agency says that the hole is being drilled."""
    known, as_of = holes(vintage), AS_OF[vintage]
    last = {job.rig: job for job in begun(vintage).values()}
    return {
        rig: job
        for rig, job in last.items()
        if job.end is None or job.end > as_of or known[job.api].status == _DRILLING
    }


class _Stay(NamedTuple):
    api: str
    kind: str
    start: datetime
    end: datetime | None


def _order(stay: _Stay) -> tuple[datetime, str]:
    return stay.start, stay.api


def _stay(hole: Hole) -> _Stay:
    """From the spud to some days after total depth, or after the day of a later status."""
    chance, spud, end = Chance("rig", hole.api), hole.spud or _SINCE, None
    if hole.status != _DRILLING:
        last = hole.reached_depth or max(hole.status_since or spud, spud)
        end = last + chance.days("leaving", 5, 25)
    return _Stay(hole.api, _kind(hole), spud, end)


def _one_hole_at_a_time(stays: list[_Stay]) -> list[_Stay]:
    """A well's next hole begins with the end of the one before; the rig comes some days before its first."""
    begun: dict[str, datetime] = {}
    ended = []
    for stay in reversed(stays):
        following = begun.get(stay.api[:10])
        overlaps = following is not None and (stay.end is None or stay.end > following)
        ended.append(stay._replace(end=following) if overlaps else stay)
        begun[stay.api[:10]] = stay.start
    first = {stay.api[:10]: stay.api for stay in ended}
    return sorted((_rigged_up(stay) if first[stay.api[:10]] == stay.api else stay for stay in ended), key=_order)


def _rigged_up(stay: _Stay) -> _Stay:
    return stay._replace(start=stay.start - Chance("rig", stay.api).days("rigging up", 1, 5))


def _kind(hole: Hole) -> str:
    if hole.facts.region_code != "G":
        return _PLATFORM
    return _DRILLSHIP if float(hole.facts.water_depth or 0) >= 1_000 else _JACKUP


def _deal(stays: list[_Stay]) -> dict[str, int]:
    """A rig's number for each hole."""
    free_from: dict[int, datetime | None] = {}
    kinds: dict[int, str] = {}
    wells: dict[int, str] = {}
    dealt: dict[str, int] = {}
    for stay in stays:
        fit = [
            rig
            for rig, free in free_from.items()
            if kinds[rig] == stay.kind and free is not None and free <= stay.start
        ]
        rig = min(fit, key=lambda r: (wells[r] != stay.api[:10], r), default=len(free_from) + 1)
        dealt[stay.api], kinds[rig], wells[rig], free_from[rig] = rig, stay.kind, stay.api[:10], stay.end
    return dealt


def _miles(start: str | None, end: str | None) -> float | None:
    if start is None or end is None:
        return None
    first, second = (holes(SECOND)[api].place.surface for api in (start, end))
    if first is None or second is None:
        return None
    metres = Geod(ellps="WGS84").inv(first.lon, first.lat, second.lon, second.lat)[2]
    return round(float(metres) / _METRES_PER_MILE, 2)
