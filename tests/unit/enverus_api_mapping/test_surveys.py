"""The directional surveys that the sandbox makes up: each is a wellbore that could have been drilled."""

from collections import defaultdict
from itertools import pairwise
from math import acos, cos, degrees, hypot, radians, sin, tan
from typing import Any

import pytest
import shapely
from pyproj import Geod

from tests.unit.enverus_api_mapping.vintages import Tables, all_rows, deleted, keys, load, row


@pytest.fixture(scope="module")
def tables() -> dict[str, Tables]:
    return {dataset: load(dataset) for dataset in ("wellbore-headers", "full-directional-surveys")}


@pytest.fixture(scope="module")
def surveys(tables: dict[str, Tables]) -> dict[str, list[dict[str, Any]]]:
    """The live stations of 2025 by wellbore, from the top."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for served in all_rows(tables["full-directional-surveys"]["2025"]):
        if served["DeletedDate"] == "NULL":
            found[served["API_UWI_12_Unformatted"]].append(served)
    return {api: sorted(stations, key=lambda s: s["StationNumber"]) for api, stations in found.items()}


def test_stations_obey_the_minimum_curvature_formulae(surveys: dict[str, list[dict[str, Any]]]) -> None:
    """Depth and place of each station, computed anew from measured depth, inclination and azimuth alone."""
    for stations in surveys.values():
        assert [s["StationNumber"] for s in stations] == list(range(1, len(stations) + 1))
        tvd = north = east = 0.0
        for above, below in pairwise(stations):
            course = below["MeasuredDepth_FT"] - above["MeasuredDepth_FT"]
            # Straight down there is no azimuth: that of the station below is the bend's.
            turn = (radians(above["Azimuth_DEG"] or below["Azimuth_DEG"]), radians(below["Azimuth_DEG"]))
            lean = (radians(above["Inclination_DEG"]), radians(below["Inclination_DEG"]))
            bend = acos(min(1, cos(lean[1] - lean[0]) - sin(lean[0]) * sin(lean[1]) * (1 - cos(turn[1] - turn[0]))))
            half = course / 2 * (2 / bend * tan(bend / 2) if bend > 1e-9 else 1)
            tvd += half * (cos(lean[0]) + cos(lean[1]))
            north += half * (sin(lean[0]) * cos(turn[0]) + sin(lean[1]) * cos(turn[1]))
            east += half * (sin(lean[0]) * sin(turn[0]) + sin(lean[1]) * sin(turn[1]))
            assert (below["TVD_FT"], below["N_S"], below["E_W"]) == pytest.approx((tvd, north, east), abs=0.6)
            assert below["Course_FT"] == pytest.approx(course, abs=0.011)
            severity = degrees(bend) / course * 100
            assert below["DogLegSeverity_DEGPer100FT"] == pytest.approx(severity, abs=0.01)


def test_surveys_end_where_the_agency_says(surveys: dict[str, list[dict[str, Any]]], tables: dict[str, Tables]) -> None:
    holes = {s["API_UWI_12_Unformatted"]: s for s in all_rows(tables["wellbore-headers"]["2025"])}
    for api, stations in surveys.items():
        first, last, hole = stations[0], stations[-1], holes[api]
        assert (first["MeasuredDepth_FT"], first["Longitude"], first["Latitude"]) == (
            0,
            hole["Longitude"],
            hole["Latitude"],
        )
        assert last["MeasuredDepth_FT"] == hole["MD_FT"]
        assert last["TVD_FT"] == pytest.approx(hole["TVD_FT"], abs=0.02)
        metres = Geod(ellps="WGS84").inv(
            last["Longitude"], last["Latitude"], hole["Longitude_BH"], hole["Latitude_BH"]
        )[2]
        assert metres < 0.5
        assert hypot(last["N_S"], last["E_W"]) == pytest.approx(last["Closure_FT"], abs=0.51)


def test_a_station_says_its_place_in_all_ways_alike(surveys: dict[str, list[dict[str, Any]]]) -> None:
    for stations in surveys.values():
        for served in stations:
            point = shapely.from_wkt(served["GeomXYZ_Point"])
            assert (point.x, point.y, point.z) == (
                served["Longitude"],
                served["Latitude"],
                served["SubseaElevation_FT"],
            )
            assert served["TVD_FT"] + served["SubseaElevation_FT"] == pytest.approx(
                stations[0]["SubseaElevation_FT"], abs=0.011
            )


def test_a_survey_that_was_processed_anew_has_fewer_stations(tables: dict[str, Tables]) -> None:
    first, second = tables["full-directional-surveys"]["2024"], tables["full-directional-surveys"]["2025"]
    gone = {key[0] for key in deleted(second)}
    assert gone
    for api in gone:
        before = [key for key in keys(first) if key[0] == api]
        assert 0 < sum(row(second, key)["DeletedDate"] == "NULL" for key in before) < len(before)
