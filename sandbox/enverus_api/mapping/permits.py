"""`permits`: one row per permit to drill, for each borehole of the selection.

Hole, operator, lease and place are the agency's; number, contact and most days are made up. A permit that is only
submitted has no API number yet, and so no well.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance
from sandbox.enverus_api.mapping.columns import Row, api_of_well, block, degrees, when, where
from sandbox.enverus_api.mapping.moments import within_day
from sandbox.enverus_api.mapping.permit_history import PERMITTED, Permit, permit_of
from sandbox.enverus_api.mapping.selection import AS_OF, Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.values import NULL, iso, text
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND
from sandbox.enverus_api.mapping.wells import wellbore_type
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

APPROVED, CANCELLED, EXPIRED, SUBMITTED = "APPROVED", "CANCELLED", "EXPIRED", "SUBMITTED"
_TYPES = {"Original": "NEW DRILL", "Sidetrack": "SIDETRACK", "Bypass": "BYPASS"}
_WITHDRAWN = 0.3  # of the permits that have lapsed in both vintages


def load(schema: Schema) -> dict[str, Table]:
    known = {vintage: _permits(vintage) for vintage in (FIRST, SECOND)}

    def stamp(key: Key) -> str:
        hole, permit = known[FIRST][key]
        listed = holes(FIRST).get(hole.api)
        return first_updated(hole.api, [listed.facts]) if listed else iso(within_day(permit.submitted, hole.api))

    def withdrawn(key: Key) -> bool:
        (hole, permit), then = known[SECOND][key], known[FIRST][key]
        statuses = _status(*then, AS_OF[FIRST]), _status(hole, permit, AS_OF[SECOND])
        lapsed = statuses == (EXPIRED, EXPIRED) and Chance("permit", hole.api).share("withdrawn") < _WITHDRAWN
        return lapsed or (statuses[0] != CANCELLED == statuses[1])

    def rows(vintage: str) -> dict[Key, Row]:
        return {key: permit_row(hole, permit, AS_OF[vintage]) for key, (hole, permit) in known[vintage].items()}

    return tables(schema, rows, stamp, withdrawn=withdrawn)


def _permits(vintage: str) -> dict[Key, tuple[Hole, Permit]]:
    """Permits of the holes that are known by then, and applications for those that are not."""
    found: dict[Key, tuple[Hole, Permit]] = {}
    listed, as_of = holes(vintage), AS_OF[vintage]
    for api, latest in holes(SECOND).items():
        permit = permit_of(api)
        if permit and (api in listed or permit.submitted <= as_of < permit.approved):
            found[(permit.id,)] = (listed.get(api, latest), permit)
    return found


def _status(hole: Hole, permit: Permit, as_of: datetime) -> str:
    if permit.approved > as_of:
        return SUBMITTED
    if hole.status == "CNL":
        return CANCELLED
    drilled = hole.spud is not None or hole.status not in PERMITTED
    return EXPIRED if permit.expires < as_of and not drilled else APPROVED


def permit_row(hole: Hole, permit: Permit, as_of: datetime) -> Row:
    facts, status = hole.facts, _status(hole, permit, as_of)
    return {
        **_identifiers(hole, permit, status),
        "PermitStatus": status,
        "PermitType": _TYPES[wellbore_type(facts.well_name_suffix)],
        "SubmittedDate": iso(permit.submitted),
        "ApprovedDate": NULL if status == SUBMITTED else iso(permit.approved),
        "ExpiredDate": NULL if status == SUBMITTED else iso(permit.expires),
        "Amended_Date": when(permit.amended_by(as_of)),
        "RawOperator": text(facts.company_name),
        "ENVOperator": text(facts.company_name),
        "ENVWellStatus": NULL if status == SUBMITTED else codes.BOREHOLE_STATUS[facts.borehole_stat_cd],
        "WellName": text(facts.well_name),
        "WellNumber": text(facts.well_name + facts.well_name_suffix),
        "WellType": codes.WELL_TYPE[facts.well_type_code],
        "LeaseNumber": text(facts.botm_lease_number),
        "Block": block(hole),
        "Field": text(facts.botm_fld_name_cd),
        **where(hole),
        "StateProvince": codes.SHORT_STATE[hole.api[:2]],
        "Country": "US",
        **_depths(hole),
        **_place(hole),
        **_contact(hole),
    }


def _identifiers(hole: Hole, permit: Permit, status: str) -> Row:
    unnumbered: Row = {"API_UWI": NULL, "API_UWI_Unformatted": NULL}
    return {
        "PermitID": permit.id,
        "PermitNumber": permit.number,
        "WellId": None if status == SUBMITTED else identity.well_id(hole.api),
        **(unnumbered if status == SUBMITTED else api_of_well(hole.api)),
    }


def _depths(hole: Hole) -> Row:
    """What was asked for: the next hundred feet above what was drilled, or a guess."""
    md, tvd = permitted_depths(hole)
    return {
        "PermitDepth_FT": md,
        "PermittedMeasuredDepth_FT": md,
        "PermittedTrueVerticalDepth_FT": tvd,
        "H2SArea": 0,
    }


def permitted_depths(hole: Hole) -> tuple[int, int]:
    """Measured and true vertical depth in feet."""
    facts, chance = hole.facts, Chance("permit", hole.api)
    md = float(facts.bh_total_md or chance.whole("depth", 8_000, 25_000))
    tvd = min(md, float(facts.well_bore_tvd or md * chance.real("slant", 0.7, 1, 3)))
    return ceil(md / 100) * 100, ceil(tvd / 100) * 100


def _place(hole: Hole) -> Row:
    place = hole.place
    latitude, longitude = degrees(place.surface)
    latitude_bottom, longitude_bottom = degrees(place.bottom)
    return {
        "Latitude": latitude,
        "Longitude": longitude,
        "Latitude_BH": latitude_bottom,
        "Longitude_BH": longitude_bottom,
        "GeomSHL_Point": place.surface.wkt if place.surface else NULL,
        "GeomBHL_Point": place.bottom.wkt if place.bottom else NULL,
        "GeomPermitted_Line": place.line,
        "Trajectory": place.trajectory,
        "PermittedLateralLength_FT": None if place.line == NULL else round(place.displacement_ft or 0, 1),
        "PermittedLateralLengthSource": NULL if place.line == NULL else SYNTHETIC,
        "SurfaceLatLongSource": "BSEE" if place.surface else NULL,
    }


def _contact(hole: Hole) -> Row:
    """Nobody: 555-01xx is kept free for inventions."""
    chance = Chance("contact", hole.facts.company_name)
    number = chance.whole("number", 0, 99)
    return {
        "ContactName": f"{SYNTHETIC} CONTACT {number}",
        "ContactPhone": f"555-01{number:02d}",
        "OperatorAddress": f"{number} {SYNTHETIC} WAY",
        "OperatorCity": f"{SYNTHETIC} CITY",
        "OperatorState": "ZZ",
        "OperatorZip": "00000",
    }
