"""`rigs`: one row per completion that a rig has drilled since 2018.

The hole is the agency's; rig, contractor and the days of its coming and going are made up.
"""

from __future__ import annotations

from datetime import datetime

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC
from sandbox.enverus_api.mapping.columns import Row, api_of_completion, block, days_between, degrees, when, where
from sandbox.enverus_api.mapping.fleet import rig_named
from sandbox.enverus_api.mapping.permit_history import permit_of
from sandbox.enverus_api.mapping.rig_jobs import Job, begun, on_location
from sandbox.enverus_api.mapping.selection import AS_OF, Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.values import iso, number, text
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND
from sandbox.enverus_api.mapping.wells import is_ended
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_DUC, _COMPLETED, _DRILLING, _GONE = "DUC", "COMPLETED", "DRILLING", "ABANDONED"
_COMPLETION = "COM"
_LEFT_OPEN = frozenset({"AST", "DRL", "DSI"})


def load(schema: Schema) -> dict[str, Table]:
    """A row ends with its completion, as in `wells`."""
    listed = {_key(hole): hole for hole in holes(FIRST).values()}
    latest = {_key(hole): hole for hole in holes(SECOND).values()}

    def rows(vintage: str) -> dict[Key, Row]:
        as_of, known, there = AS_OF[vintage], holes(vintage), on_location(vintage)
        return {
            _key(known[api]): _row(known[api], job, as_of, None if there.get(job.rig) is job else job.end)
            for api, job in begun(vintage).items()
        }

    return tables(
        schema,
        rows,
        lambda key: first_updated(listed[key].api, [listed[key].facts]),
        withdrawn=lambda key: is_ended(listed[key].facts, latest[key].facts),
    )


def _key(hole: Hole) -> Key:
    return identity.well_id(hole.api), identity.completion_id(hole.api)


def _row(hole: Hole, job: Job, as_of: datetime, end: datetime | None) -> Row:
    return {**_identifiers(hole), **_well(hole), **_rig(job), **_days(hole, job, as_of, end)}


def _identifiers(hole: Hole) -> Row:
    return {
        "WellID": identity.well_id(hole.api),
        "CompletionID": identity.completion_id(hole.api),
        "CompletionNumber": 1,
        **api_of_completion(hole.api),
    }


def _well(hole: Hole) -> Row:
    facts = hole.facts
    latitude, longitude = degrees(hole.place.surface)
    return {
        "ENVOperator": text(facts.company_name),
        "RawOperator": text(facts.company_name),
        "ENVWellStatus": codes.BOREHOLE_STATUS[facts.borehole_stat_cd],
        "Lease": text(facts.botm_lease_number),
        "Block": block(hole),
        "Field": text(facts.botm_fld_name_cd),
        **where(hole),
        "StateProvince": codes.STATE[hole.api[:2]],
        "Country": "US",
        "MD_FT": number(facts.bh_total_md),
        "TVD_FT": number(facts.well_bore_tvd),
        "ElevationKB_FT": number(facts.rkb_elevation),
        "WaterDepth": number(facts.water_depth),
        "Trajectory": hole.place.trajectory,
        "RigLatitudeWGS84": latitude,
        "RigLongitudeWGS84": longitude,
        "CoordinateSource": "BSEE" if hole.place.surface else "NULL",
    }


def _rig(job: Job) -> Row:
    rig = rig_named(job.rig, job.kind)
    return {
        "RigName_Number": rig.name,
        "ContractorName": rig.contractor,
        "RigClass": rig.kind,
        "RigType": SYNTHETIC,
        "Mobility": rig.mobility,
        "PowerType": rig.power,
        "DrawWorks": SYNTHETIC,
        "RatedHP": rig.horsepower,
        "RatedWaterDepth": rig.water_depth_ft,
        "MoveDistanceFromLastJob_MI": job.miles_from_last,
        "MoveDistanceToNextJob_MI": job.miles_to_next,
    }


def _days(hole: Hole, job: Job, as_of: datetime, end: datetime | None) -> Row:
    permit, reached = permit_of(hole.api), hole.reached_depth
    completed, stands = _completed(hole), _stands(hole)
    return {
        "ActiveStatus": "INACTIVE" if end else "ACTIVE",
        "FirstDay": iso(job.start),
        "LastDay": iso(end or as_of),
        "DaysOnLocation": ((end or as_of) - job.start).days + 1,
        "SpudDate": when(hole.spud),
        "DrillingEndDate": when(reached),
        "RigReleaseDate": when(end),
        "PermitSubmittedDate": when(permit and permit.submitted),
        "PermitApprovedDate": when(permit and permit.approved),
        "PermitToSpud_DAYS": days_between(permit and permit.approved, hole.spud),
        "SpudToRigRelease_DAYS": days_between(hole.spud, end),
        "SpudToCompletion_DAYS": days_between(hole.spud, completed),
        "FootagePerDayWell": _feet_a_day(hole),
        "DUC_Status": stands,
        "DUC_StartDate": when(reached if stands in {_DUC, _COMPLETED} else None),
        "DUC_EndDate": when(completed),
    }


def _stands(hole: Hole) -> str:
    if hole.status == _COMPLETION:
        return _COMPLETED
    if hole.status not in _LEFT_OPEN:
        return _GONE
    return _DUC if hole.reached_depth else _DRILLING


def _completed(hole: Hole) -> datetime | None:
    """The day of that status; the agency dates some of them before total depth."""
    if hole.status != _COMPLETION or hole.status_since is None:
        return None
    return max(hole.status_since, hole.reached_depth or hole.status_since)


def _feet_a_day(hole: Hole) -> float | None:
    """Of a sidetrack or bypass what lies below the point where it leaves the older hole."""
    depth, days = number(hole.facts.bh_total_md), days_between(hole.spud, hole.reached_depth)
    feet = max(depth - (number(hole.facts.well_bp_st_kickoff_md) or 0), 0) if depth else None
    return round(feet / days, 1) if feet and days else None
