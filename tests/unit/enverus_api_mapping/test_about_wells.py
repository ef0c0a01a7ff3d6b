"""The datasets that the sandbox derives from, or makes up about, real wells: whole, linked, plausible and marked."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
import shapely
from pyproj import Geod

from sandbox.enverus_api.schema import Kind, load_schemas
from tests.unit.enverus_api_mapping.vintages import (
    DATA,
    Raw,
    Tables,
    all_rows,
    deleted,
    depth,
    keys,
    load,
    row,
    updated,
    us_date,
    well_key,
)

SCHEMAS = load_schemas()
MADE_UP = ("permits", "rigs", "active-rigs", "full-directional-surveys", "drill-stem-tests", "landtrac-units")
ABOUT_WELLS = ("wellbore-headers", *MADE_UP)
STAMPS = {"UpdatedDate", "DeletedDate"}
TYPES = {Kind.INTEGER: int, Kind.NUMBER: (int, float), Kind.BOOLEAN: bool}
PRINT = f"""
from tests.unit.enverus_api_mapping.test_about_wells import digest
from tests.unit.enverus_api_mapping.vintages import load
print(digest({{name: load(name) for name in {ABOUT_WELLS!r}}}))
"""

each_dataset = pytest.mark.parametrize("dataset", ABOUT_WELLS)


@pytest.fixture(scope="module")
def tables() -> dict[str, Tables]:
    return {dataset: load(dataset) for dataset in ABOUT_WELLS}


def present(served: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in served.items() if value is not None and value != "NULL"}


def rows_of(tables: dict[str, Tables], dataset: str) -> Iterator[dict[str, Any]]:
    for table in tables[dataset].values():
        yield from map(present, all_rows(table))


@each_dataset
def test_values_are_of_their_types_and_lengths(tables: dict[str, Tables], dataset: str) -> None:
    fields = {field.name: field for field in SCHEMAS[dataset].fields}
    for served in rows_of(tables, dataset):
        assert served.keys() >= set(SCHEMAS[dataset].key)
        for name, value in served.items():
            assert isinstance(value, TYPES.get(fields[name].kind, str)), (name, value)
            assert fields[name].length is None or len(value) <= (fields[name].length or 0), (name, value)


@each_dataset
def test_the_later_vintage_has_new_changed_and_deleted_rows(tables: dict[str, Tables], dataset: str) -> None:
    first, second = tables[dataset]["2024"], tables[dataset]["2025"]
    gone = deleted(second)
    assert deleted(first) == set()
    assert keys(second) - keys(first)
    assert updated(tables[dataset]) - gone
    assert gone
    assert bool(keys(first) - keys(second)) == (dataset == "active-rigs")


@each_dataset
def test_stamps_tell_a_change_from_none(tables: dict[str, Tables], dataset: str) -> None:
    first, second = tables[dataset]["2024"], tables[dataset]["2025"]
    newest = max(served["UpdatedDate"] for served in all_rows(first))
    assert newest < "2024-10-09"
    for key in keys(second):
        now, then = row(second, key), first.row(key)
        if now["DeletedDate"] != "NULL":
            assert now["DeletedDate"] >= "2024-10-10"
            assert then == {**now, "DeletedDate": "NULL"}
        elif then is None or then != now:
            assert "2024-10-10" <= now["UpdatedDate"] < "2025-05-05"
        else:
            assert now == then


def digest(tables: dict[str, Tables]) -> str:
    rows = [list(all_rows(table)) for vintages in tables.values() for table in vintages.values()]
    return sha256(repr(rows).encode()).hexdigest()


def test_another_process_makes_the_same_rows(tables: dict[str, Tables]) -> None:
    command = [sys.executable, "-c", PRINT]
    environment = {"PYTHONHASHSEED": "2"}
    done = subprocess.run(command, env=environment, cwd=DATA.parents[1], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(tables)


# What is real is real, and what is not says so


@pytest.mark.parametrize("dataset", MADE_UP)
def test_every_made_up_row_says_so(tables: dict[str, Tables], dataset: str) -> None:
    made_up = {field.name for field in SCHEMAS[dataset].fields if field.synthetic}
    for served in rows_of(tables, dataset):
        words = [str(value) for name, value in served.items() if name in made_up]
        assert any(word.startswith(("SYNTHETIC", "SYN-")) for word in words), served


def test_nothing_of_a_wellbore_header_is_made_up(tables: dict[str, Tables], boreholes: dict[str, Raw]) -> None:
    assert {field.name for field in SCHEMAS["wellbore-headers"].fields if field.synthetic} == STAMPS
    for served in all_rows(tables["wellbore-headers"]["2025"]):
        raw = boreholes[served["API_UWI_12_Unformatted"]]
        if served["DeletedDate"] == "NULL":
            assert served["ENVOperator"] == raw["COMPANY_NAME"].strip()
            assert (served["MD_FT"], served["TVD_FT"]) == (depth(raw["BH_TOTAL_MD"]), depth(raw["WELL_BORE_TVD"]))


def test_personal_data_is_of_nobody(tables: dict[str, Tables]) -> None:
    for dataset in ("permits", "active-rigs"):
        for served in rows_of(tables, dataset):
            for name, value in served.items():
                if name.endswith("Phone"):
                    assert value.startswith("555-01")
                elif name.endswith("Email"):
                    assert value.endswith("@example.com")
                elif name.endswith(("Contact", "ContactName", "Address")):
                    assert "SYNTHETIC" in value


# Links


@pytest.fixture(scope="module")
def published(listing: dict[str, Raw], boreholes: dict[str, Raw]) -> dict[str, dict[str, Raw]]:
    return {"2024": listing, "2025": boreholes}


@pytest.mark.parametrize("vintage", ["2024", "2025"])
def test_every_row_is_about_a_well_of_that_publication(
    tables: dict[str, Tables], published: dict[str, dict[str, Raw]], vintage: str
) -> None:
    wells = {api[:10] for api in published[vintage]}
    headers = {served["API_UWI_12_Unformatted"] for served in all_rows(tables["wellbore-headers"][vintage])}
    assert headers <= published[vintage].keys()
    for dataset in ABOUT_WELLS:
        for served in map(present, all_rows(tables[dataset][vintage])):
            well = served.get("WellID", served.get("WellId"))
            if well is None:
                assert served["PermitStatus"] == "SUBMITTED"
                continue
            assert f"{well:010d}" == served["API_UWI_Unformatted"]
            assert served["API_UWI_Unformatted"] in wells
            if hole := served.get("API_UWI_12_Unformatted"):
                assert hole in headers
                assert hole[:10] == served["API_UWI_Unformatted"]


@pytest.mark.parametrize("vintage", ["2024", "2025"])
def test_a_rigs_completion_is_numbered_and_dated_as_in_wells(
    tables: dict[str, Tables], published: dict[str, dict[str, Raw]], vintage: str
) -> None:
    for served in map(present, all_rows(tables["rigs"][vintage])):
        api = served["API_UWI_12_Unformatted"]
        assert (served["WellID"], served["CompletionID"]) == well_key(api)
        if "DeletedDate" not in served:  # else it is as it was
            assert served["SpudDate"] == us_date(published[vintage][api]["WELL_SPUD_DATE"])


def test_permits_tell_the_same_to_rigs_units_and_themselves(tables: dict[str, Tables]) -> None:
    permits = {s["PermitNumber"]: present(s) for s in all_rows(tables["permits"]["2025"])}
    for served in map(present, all_rows(tables["active-rigs"]["2025"])):
        permit = permits[served["PermitNumber"]]
        assert permit["WellId"] == served["WellID"]
        if served.get("DeletedDate") is None:
            assert permit["ApprovedDate"] == served["ApprovedDate"] <= served["SpudDate"]
    approved = {permit.get("ApprovedDate") for permit in permits.values()}
    for dataset in ("rigs", "landtrac-units"):
        assert {s["PermitApprovedDate"] for s in rows_of(tables, dataset)} <= approved


# Plausible


def test_a_permits_days_follow_each_other(tables: dict[str, Tables]) -> None:
    statuses = set()
    for served in rows_of(tables, "permits"):
        statuses.add(served["PermitStatus"])
        assert served["SubmittedDate"] < served.get("ApprovedDate", "9999") < served.get("ExpiredDate", "99999")
        assert served["PermittedTrueVerticalDepth_FT"] <= served["PermittedMeasuredDepth_FT"]
        assert ("ApprovedDate" in served) == ("API_UWI" in served) == (served["PermitStatus"] != "SUBMITTED")
    assert statuses == {"APPROVED", "CANCELLED", "EXPIRED", "SUBMITTED"}


def test_no_rig_is_in_two_places_at_once(tables: dict[str, Tables]) -> None:
    stays: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for served in map(present, all_rows(tables["rigs"]["2025"])):
        if "DeletedDate" not in served:
            stays[served["RigName_Number"]].append((served["FirstDay"], served["LastDay"], served["ActiveStatus"]))
    for days in stays.values():
        days.sort()
        for before, after in pairwise(days):
            assert before[1] <= after[0]
            assert before[2] == "INACTIVE"


def test_active_rigs_are_the_rigs_that_are_still_there(tables: dict[str, Tables]) -> None:
    for vintage in ("2024", "2025"):
        live, rigs = (
            [served for served in all_rows(tables[dataset][vintage]) if served["DeletedDate"] == "NULL"]
            for dataset in ("active-rigs", "rigs")
        )
        there = {(rig["RigName_Number"], rig["WellID"]) for rig in rigs if rig["ActiveStatus"] == "ACTIVE"}
        assert {(rig["RigNameNumber"], rig["WellID"]) for rig in live} == there


def test_a_drill_stem_tests_pressures_are_in_order(tables: dict[str, Tables]) -> None:
    for served in rows_of(tables, "drill-stem-tests"):
        assert served["StartDepth_FT"] < served["EndDepth_FT"]
        if served["Misrun"] == "Y":
            assert not [name for name in served if name.endswith("Pressure_PSI")]
            continue
        flowing, shut_in = served["InitialFlowPressure_PSI"], served["InitialShutInPressure_PSI"]
        assert flowing <= served["FinalFlowPressure_PSI"] < shut_in < served["InitialHydrostaticPressure_PSI"]


def test_a_units_outline_is_valid_covers_its_wells_and_has_its_acres(tables: dict[str, Tables]) -> None:
    holes: defaultdict[str, list[Any]] = defaultdict(list)
    for served in map(present, all_rows(tables["wellbore-headers"]["2025"])):
        if "GeomSHL_Point" in served:
            holes[served["API_UWI_Unformatted"]].append(shapely.from_wkt(served["GeomSHL_Point"]))
    for served in map(present, all_rows(tables["landtrac-units"]["2025"])):
        outline = shapely.from_wkt(served["Geom_Poly"])
        assert outline.is_valid
        assert outline.geom_type == "Polygon"
        area = abs(Geod(ellps="WGS84").geometry_area_perimeter(outline)[0]) / 4046.8564224
        assert served["AreaAcres"] == pytest.approx(area, rel=0.001)
        assert any(outline.covers(surface) for surface in holes[served["API_UWI_Unformatted"]])


# Surveys


def test_updates_are_spread_over_days(tables: dict[str, Tables]) -> None:
    days = {datetime.fromisoformat(s["UpdatedDate"]).date() for s in rows_of(tables, "permits")}
    assert len(days) > 500
