"""`active-rigs`: one row per rig that is on location; it keeps its row when it moves to the next hole.

Hole, operator and place are the agency's; rigs, contacts and contractors are made up. Of the rigs that have left by
the later vintage some are marked as deleted and the others no longer listed: a client must notice both.
"""

from __future__ import annotations

from datetime import datetime

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance
from sandbox.enverus_api.mapping.columns import Row, api_of_well, block, degrees, when, where
from sandbox.enverus_api.mapping.fleet import Rig, rig_named
from sandbox.enverus_api.mapping.moments import within_day
from sandbox.enverus_api.mapping.permit_history import Permit, permit_of
from sandbox.enverus_api.mapping.permits import permitted_depths
from sandbox.enverus_api.mapping.rig_jobs import Job, on_location
from sandbox.enverus_api.mapping.selection import AS_OF, Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import BOREHOLE_CHANGES
from sandbox.enverus_api.mapping.values import iso, number, text
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_FIRST_ID = 9_000
_UNLISTED = 0.5  # of the rigs that have left


def load(schema: Schema) -> dict[str, Table]:
    there: dict[str, dict[Key, Job]] = {
        vintage: {(_FIRST_ID + rig,): job for rig, job in on_location(vintage).items()} for vintage in (FIRST, SECOND)
    }

    def rows(vintage: str) -> dict[Key, Row]:
        known, as_of = holes(vintage), AS_OF[vintage]
        return {key: _row(known[job.api], job, as_of) for key, job in there[vintage].items()}

    def stamp(key: Key) -> str:
        return iso(within_day(there[FIRST][key].start, key))

    def arrived(key: Key) -> datetime | None:
        job = there[SECOND].get(key)
        return within_day(job.start, key) if job and job.start >= BOREHOLE_CHANGES.start else None

    def unlisted(key: Key) -> bool:
        return Chance("left", key).share("unlisted") < _UNLISTED

    return tables(schema, rows, stamp, unlisted=unlisted, dated=arrived)


def _row(hole: Hole, job: Job, as_of: datetime) -> Row:
    permit, rig = permit_of(hole.api), rig_named(job.rig, job.kind)
    return {
        "ENVRigID": _FIRST_ID + job.rig,
        "WellID": identity.well_id(hole.api),
        **api_of_well(hole.api),
        **_rig(rig, job),
        **_permit(hole, permit, as_of),
        **_well(hole),
        **_contacts(hole, rig),
    }


def _rig(rig: Rig, job: Job) -> Row:
    return {
        "RigNameNumber": rig.name,
        "ContractorName": rig.contractor,
        "RigClass": rig.kind,
        "RigType": SYNTHETIC,
        "Mobility": rig.mobility,
        "PowerType": rig.power,
        "DrawWorks": SYNTHETIC,
        "RatedHorsePower": rig.horsepower,
        "RatedWaterDepth_FT": rig.water_depth_ft,
        "RigJobStartDate": iso(job.start),
    }


def _permit(hole: Hole, permit: Permit | None, as_of: datetime) -> Row:
    md, tvd = permitted_depths(hole)
    return {
        "PermitNumber": permit.number if permit else "NULL",
        "SubmittedDate": when(permit and permit.submitted),
        "ApprovedDate": when(permit and permit.approved),
        "AmendedDate": when(permit and permit.amended_by(as_of)),
        "ExpiredDate": when(permit and permit.expires),
        "PermittedOperator": text(hole.facts.company_name),
        "PermittedMeasuredDepth_FT": md,
        "PermittedTrueVerticalDepth_FT": tvd,
        "PermittedWaterDepth_FT": round(number(hole.facts.water_depth) or 0),
        "H2SArea": False,
    }


def _well(hole: Hole) -> Row:
    facts, (surface, bottom) = hole.facts, (hole.place.surface, hole.place.bottom)
    latitude, longitude = degrees(surface)
    latitude_bottom, longitude_bottom = degrees(bottom)
    return {
        "ENVOperator": text(facts.company_name),
        "WellNumber": text(facts.well_name + facts.well_name_suffix),
        "WellType": codes.WELL_TYPE[facts.well_type_code],
        "SpudDate": when(hole.spud),
        "Trajectory": hole.place.trajectory,
        "LandOffshore": "OFFSHORE",
        "Block": block(hole),
        "Field": text(facts.botm_fld_name_cd),
        **where(hole),
        "StateProvince": codes.STATE[hole.api[:2]],
        "Country": "US",
        "RigLatitude": latitude,
        "RigLongitude": longitude,
        "BottomHoleLatitude": latitude_bottom,
        "BottomHoleLongitude": longitude_bottom,
        "SurfaceLocationSource": "BSEE" if surface else "NULL",
    }


def _contacts(hole: Hole, rig: Rig) -> Row:
    """Nobody: 555-01xx and example.com are kept free for inventions."""
    chance = Chance("contact", hole.facts.company_name)
    operator, contractor = chance.whole("number", 0, 99), Chance("contact", rig.contractor).whole("number", 0, 99)
    return {
        "OperatorContact": f"{SYNTHETIC} CONTACT {operator}",
        "OperatorPhone": f"555-01{operator:02d}",
        "OperatorAddress": f"{operator} {SYNTHETIC} WAY",
        "OperatorCity": f"{SYNTHETIC} CITY",
        "OperatorState": "ZZ",
        "OperatorZip": "00000",
        "ContractorContact": f"{SYNTHETIC} CONTACT {contractor}",
        "ContractorPhone": f"555-01{contractor:02d}",
        "ContractorEmail": f"synthetic{contractor}@example.com",
        "ContractorAddress": f"{contractor} {SYNTHETIC} WAY",
        "ContractorCity": f"{SYNTHETIC} CITY",
        "ContractorState": "ZZ",
        "ContractorZip": "00000",
        "DirectionsToLocation": f"{SYNTHETIC}: there is no such rig",
    }
