"""The sandbox API's wells against the agency's boreholes."""

from __future__ import annotations

import pytest

from sandbox.enverus_api.schema import load_schemas
from tests.unit.enverus_api_mapping.vintages import (
    Raw,
    Tables,
    all_rows,
    deleted,
    depth,
    keys,
    row,
    updated,
    us_date,
    well_key,
)

COMPARED = (
    "WELL_TYPE_CODE",
    "WELL_NAME",
    "WELL_NAME_SUFFIX",
    "COMPANY_NAME",
    "BOREHOLE_STAT_CD",
    "BOREHOLE_STAT_DT",
    "BOTM_AREA_CODE",
    "BOTM_BLOCK_NUMBER",
    "BOTM_LEASE_NUMBER",
    "WELL_SPUD_DATE",
    "TOTAL_DEPTH_DATE",
    "BH_TOTAL_MD",
)


def test_wells_are_the_boreholes_of_each_vintage(
    wells: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]
) -> None:
    assert (len(wells["2024"]), len(wells["2025"])) == (55_232, 57_219)
    assert keys(wells["2024"]) == {well_key(api) for api in listing}
    assert keys(wells["2025"]) == {well_key(api) for api in boreholes}


def test_wells_say_what_the_files_say(wells: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]) -> None:
    for table, file in ((wells["2024"], listing), (wells["2025"], boreholes)):
        for api, raw in list(file.items())[::97]:
            served = row(table, well_key(api))
            if served["DeletedDate"] != "NULL":
                continue
            assert served["API_UWI_12_Unformatted"] == api
            assert served["ENVOperator"] == raw["COMPANY_NAME"].strip()
            assert served["WellName"] == raw["WELL_NAME"].strip()
            assert served["Lease"] == raw["BOTM_LEASE_NUMBER"].strip()
            assert served["SpudDate"] == us_date(raw["WELL_SPUD_DATE"])
            assert served["DrillingTDDate"] == us_date(raw["TOTAL_DEPTH_DATE"])
            assert served["MD_FT"] == depth(raw["BH_TOTAL_MD"])


def test_suppressed_and_blank_positions_are_missing(wells: Tables, boreholes: dict[str, Raw]) -> None:
    unknown = [api for api, raw in boreholes.items() if raw["BOTM_LATITUDE"] in {"", "*****"}]
    rows = [row(wells["2025"], well_key(api)) for api in unknown]
    assert len(rows) == 516 + 387
    assert {(r["GeomBHL_Point"], r["LateralLine"], r["Trajectory"], r["Latitude_BH"]) for r in rows} == {
        ("NULL", "NULL", "NULL", None)
    }
    assert sum(1 for r in all_rows(wells["2025"]) if r["GeomSHL_Point"] == "NULL") == 2


def test_positions_moved_by_a_datum_shift_and_no_more(wells: Tables, boreholes: dict[str, Raw]) -> None:
    for api, raw in list(boreholes.items())[::211]:
        served = row(wells["2025"], well_key(api))
        assert served["GeomSHL_Point"] == f"POINT ({served['Longitude']} {served['Latitude']})"
        assert served["Latitude"] == pytest.approx(float(raw["SURF_LATITUDE"]), abs=0.002)
        assert served["Longitude"] == pytest.approx(float(raw["SURF_LONGITUDE"]), abs=0.005)


def test_every_row_has_every_field(wells: Tables) -> None:
    names = [field.name for field in load_schemas()["wells"].fields]
    assert all(list(row(wells["2025"], key)) == names for key in list(wells["2025"].keys_below(None))[:50])


def test_wells_withdrawn_are_those_cancelled_or_sidetracked(
    wells: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]
) -> None:
    ended = {
        well_key(api)
        for api, raw in listing.items()
        if boreholes[api]["BOREHOLE_STAT_CD"] in {"CNL", "ST"} and raw["BOREHOLE_STAT_CD"] not in {"CNL", "ST"}
    }
    assert ended == deleted(wells["2025"])
    assert len(ended) == 29
    assert deleted(wells["2024"]) == set()
    for key in ended:
        assert {**row(wells["2025"], key), "DeletedDate": "NULL"} == row(wells["2024"], key)


def test_wells_revised_are_those_whose_listed_values_changed(
    wells: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]
) -> None:
    """A status date alone shows only as the plugging date of an abandoned hole; `*****` is as missing as a blank."""
    revised = updated(wells) - deleted(wells["2025"])
    changed = {
        well_key(api): {name for name in COMPARED if cleaned(raw[name]) != cleaned(boreholes[api][name])}
        for api, raw in listing.items()
    }
    differing = {key for key, names in changed.items() if names} - deleted(wells["2025"])
    assert revised <= differing
    assert all(changed[key] == {"BOREHOLE_STAT_DT"} for key in differing - revised)
    assert len(revised) == 2_136


def cleaned(value: str) -> str:
    return value.strip().replace("*****", "")
