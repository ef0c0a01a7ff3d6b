"""`full-directional-surveys`: stations along some of the wellbores.

Both ends, length and depth are the agency's; the course between them is made up, and so is every station but the first
and the last. A few wellbores are surveyed anew in the later vintage, with stations farther apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import cos, radians, sin
from typing import NamedTuple

from pyproj import Geod, Transformer

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance
from sandbox.enverus_api.mapping.columns import Row, api_of_wellbore, where
from sandbox.enverus_api.mapping.locations import DEGREE_DECIMALS
from sandbox.enverus_api.mapping.selection import Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.survey_path import Course, Station, course_to
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.values import FEET_PER_METRE
from sandbox.enverus_api.mapping.vintages import FIRST
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_SURVEYED = 0.1  # of the wellbores that have a course
_SURVEYED_ANEW = 0.08  # of those
_STATIONS, _STATIONS_ANEW = 24, 18
_MOST_SMALLINT = 32_767
_WGS84 = Geod(ellps="WGS84")


class Survey(NamedTuple):
    """A wellbore's course, and the compass direction in which it leaves, in degrees."""

    hole: Hole
    course: Course
    azimuth: float


def load(schema: Schema) -> dict[str, Table]:
    def rows(vintage: str) -> dict[Key, Row]:
        known = holes(vintage).values()
        return {
            (survey.hole.api, number): {"StationNumber": number, **row}
            for survey in filter(None, map(survey_of, known))
            for number, row in enumerate(_rows(survey, _spacing(survey, vintage)), start=1)
        }

    def stamp(key: Key) -> str:
        api = str(key[0])
        return first_updated(api, [holes(FIRST)[api].facts])

    return tables(schema, rows, stamp)


def survey_of(hole: Hole) -> Survey | None:
    """None for a wellbore that was not surveyed, or whose ends no simple course joins."""
    facts, (surface, bottom, away) = hole.facts, hole.place
    if Chance("survey", hole.api).share("surveyed") >= _SURVEYED:
        return None
    if not (surface and bottom and facts.bh_total_md and facts.well_bore_tvd) or (away or 0) > _MOST_SMALLINT:
        return None
    course = course_to(float(facts.bh_total_md), float(facts.well_bore_tvd), away or 0.0)
    azimuth = _WGS84.inv(surface.lon, surface.lat, bottom.lon, bottom.lat)[0] % 360
    return Survey(hole, course, azimuth) if course else None


def _spacing(survey: Survey, vintage: str) -> float:
    anew = vintage != FIRST and Chance("survey", survey.hole.api).share("anew") < _SURVEYED_ANEW
    return survey.course.length / (_STATIONS_ANEW if anew else _STATIONS)


def _rows(survey: Survey, spacing: float) -> Iterator[Row]:
    before: Station | None = None
    for station in survey.course.stations(spacing):
        yield {**_about(survey.hole), **_angles(survey, station, before), **_position(survey, station)}
        before = station


def _about(hole: Hole) -> Row:
    return {
        "WellId": identity.well_id(hole.api),
        **api_of_wellbore(hole.api),
        **where(hole),
        "StateProvince": codes.STATE[hole.api[:2]],
        "Country": "US",
        "CoordinateSource": f"{SYNTHETIC}: between BSEE's two ends",
    }


def _angles(survey: Survey, station: Station, before: Station | None) -> Row:
    course = station.md - before.md if before else 0.0
    turned = station.inclination - before.inclination if before else 0.0
    return {
        "MeasuredDepth_FT": round(station.md, 2),
        "TVD_FT": round(station.tvd, 2),
        "Inclination_DEG": round(station.inclination, 4),
        "Azimuth_DEG": round(survey.azimuth, 4) if station.inclination else 0.0,
        "Course_FT": round(course, 2),
        "DogLegSeverity_DEGPer100FT": round(turned / course * 100, 4) if course else 0.0,
    }


def _position(survey: Survey, station: Station) -> Row:
    """Feet from the surface location, degrees, and metres from the centre of the earth."""
    surface, heading = survey.hole.place.surface, radians(survey.azimuth)
    if surface is None:  # no survey has none
        raise ValueError(survey.hole.api)
    lon, lat, _ = _WGS84.fwd(surface.lon, surface.lat, survey.azimuth, station.away / FEET_PER_METRE)
    lon, lat = round(lon, DEGREE_DECIMALS), round(lat, DEGREE_DECIMALS)
    subsea = round(float(survey.hole.facts.rkb_elevation or 0) - station.tvd, 2)
    x, y, z = _earth_centred().transform(lon, lat, subsea / FEET_PER_METRE)
    return {
        "N_S": round(station.away * cos(heading), 2),
        "E_W": round(station.away * sin(heading), 2),
        "Closure_FT": round(station.away),
        "VerticalSection_FT": round(station.away),
        "Longitude": lon,
        "Latitude": lat,
        "SubseaElevation_FT": subsea,
        "X_ECEF": round(x, 2),
        "Y_ECEF": round(y, 2),
        "Z_ECEF": round(z, 2),
        "GeomXYZ_Point": f"POINT Z ({lon} {lat} {subsea})",
    }


@cache
def _earth_centred() -> Transformer:
    """WGS 84 with ellipsoidal heights to X, Y, Z; subsea elevations pass for such heights."""
    return Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
