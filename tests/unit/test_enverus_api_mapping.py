"""The rows of the sandbox API against the agencies' files, which these tests read by themselves."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas
import pytest

from sandbox.enverus_api.loaders import check_data, dataset_loaders
from sandbox.enverus_api.mapping import source
from sandbox.enverus_api.mapping.identity import dashed
from sandbox.enverus_api.mapping.leases import lease_id
from sandbox.enverus_api.schema import Key, load_schemas
from sandbox.enverus_api.tables import Table
from sandbox.errors import SandboxError

DATA = Path(__file__).resolve().parents[2] / "sandbox" / "data"
Raw = dict[str, str]
Tables = dict[str, Table]


def read(name: str, header: list[str] | None = None) -> list[Raw]:
    with gzip.open(DATA / name, "rt", newline="") as lines:
        return list(csv.DictReader(lines, header))


def load(dataset: str) -> Tables:
    return dataset_loaders()[dataset](load_schemas()[dataset])


def keys(table: Table) -> set[Key]:
    return set(table.keys_below(None))


def row(table: Table, key: Key) -> dict[str, Any]:
    found = table.row(key)
    assert found is not None
    return found


def without_stamps(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {"UpdatedDate", "DeletedDate"}}


@pytest.fixture(scope="module")
def boreholes() -> dict[str, Raw]:
    return {raw["API_WELL_NUMBER"]: raw for raw in read("bsee_boreholes_20250504.csv.gz")}


@pytest.fixture(scope="module")
def listing() -> dict[str, Raw]:
    return {raw["API_WELL_NUMBER"]: raw for raw in read("bsee_api_list_20241008.csv.gz")}


@pytest.fixture(scope="module")
def wells() -> Tables:
    return load("wells")


@pytest.fixture(scope="module")
def headers() -> Tables:
    return load("well-headers")


@pytest.fixture(scope="module")
def production() -> Tables:
    return load("production")


@pytest.fixture(scope="module")
def reports() -> list[dict[tuple[str, str, str], Raw]]:
    header = (DATA / "bsee_ogora_header.csv").read_text().strip().split(",")
    names = ("bsee_ogora_2024_asof20250203.noheader.csv.gz", "bsee_ogora_2024_asof20250417.noheader.csv.gz")
    return [
        {(raw["API_WELL_NUMBER"], raw["PROD_INTERVAL_CD"], raw["PRODUCTION_DATE"]): raw for raw in read(name, header)}
        for name in names
    ]


def well_key(api: str) -> Key:
    return int(api[:10]), int(api + "01")


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


def us_date(value: str) -> str:
    return f"{datetime.strptime(value, '%m/%d/%Y'):%Y-%m-%dT%H:%M:%S}" if value else "NULL"  # noqa: DTZ007


def depth(value: str) -> float | None:
    return None if value in {"", "*****"} else float(value)


def test_suppressed_and_blank_positions_are_missing(wells: Tables, boreholes: dict[str, Raw]) -> None:
    unknown = [api for api, raw in boreholes.items() if raw["BOTM_LATITUDE"] in {"", "*****"}]
    rows = [row(wells["2025"], well_key(api)) for api in unknown]
    assert len(rows) == 516 + 387
    assert {(r["GeomBHL_Point"], r["LateralLine"], r["Trajectory"], r["Latitude_BH"]) for r in rows} == {
        ("NULL", "NULL", "NULL", None)
    }
    assert sum(1 for r in all_rows(wells["2025"]) if r["GeomSHL_Point"] == "NULL") == 2


def all_rows(table: Table) -> Iterator[dict[str, Any]]:
    return (row(table, key) for key in table.keys_below(None))


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


def deleted(table: Table) -> set[Key]:
    return {key for key in table.keys_below(None) if row(table, key)["DeletedDate"] != "NULL"}


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


def updated(tables: Tables) -> set[Key]:
    """Keys of both vintages whose rows differ in anything."""
    first, second = tables["2024"], tables["2025"]
    return {key for key in keys(first) & keys(second) if row(first, key) != row(second, key)}


def test_headers_are_the_wells_of_the_boreholes(
    headers: Tables, boreholes: dict[str, Raw], listing: dict[str, Raw]
) -> None:
    assert keys(headers["2024"]) == {(int(api[:10]),) for api in listing}
    assert keys(headers["2025"]) == {(int(api[:10]),) for api in boreholes}
    assert (len(headers["2024"]), len(headers["2025"])) == (38_189, 39_487)
    assert deleted(headers["2025"]) == set()


def test_headers_start_with_the_original_hole_and_end_with_the_latest_status(headers: Tables) -> None:
    """Borehole 70 of this well is the original hole, sidetracked three weeks after its spud; 00 is its bypass."""
    served = row(headers["2025"], (1771041446,))
    assert served["API_UWI"] == "17-710-41446"
    assert (served["ENVWellStatus"], served["SpudDate"]) == ("Borehole Completed", "1997-01-07T00:00:00")


def test_headers_say_what_their_boreholes_say(headers: Tables, boreholes: dict[str, Raw]) -> None:
    holes: dict[str, list[Raw]] = {}
    for api, raw in boreholes.items():
        holes.setdefault(api[:10], []).append(raw)
    for api, members in list(holes.items())[::53]:
        served = row(headers["2025"], (int(api),))
        stated = [us_date(raw["BOREHOLE_STAT_DT"]).replace("NULL", "") for raw in members]
        latest = [raw for raw, when in zip(members, stated, strict=True) if when == max(stated)]
        assert served["ENVOperator"] in {raw["COMPANY_NAME"].strip() for raw in latest}
        assert served["Lease"] in {raw["SURF_LEASE_NUMBER"].strip() for raw in members}
        assert served["SpudDate"] in {us_date(raw["WELL_SPUD_DATE"]) for raw in members}


Reports = list[dict[tuple[str, str, str], Raw]]


def test_production_ids_are_stable_and_unique(production: Tables, reports: Reports) -> None:
    first, second = (
        {(r["API_UWI_14_Unformatted"][:12], r["ENVInterval"], month(r)): r["ProductionID"] for r in all_rows(table)}
        for table in (production["2024"], production["2025"])
    )
    assert (len(first), len(second)) == (57_032, 62_591 + 21)
    assert first.keys() == reports[0].keys()
    assert second.keys() == reports[0].keys() | reports[1].keys()
    assert all(second[natural_key] == identifier for natural_key, identifier in first.items())
    assert len(set(second.values())) == len(second)
    assert max(second.values()) < 2**63


def month(served: dict[str, Any]) -> str:
    moment: str = served["ProducingMonth"]
    return moment[:4] + moment[5:7]


def test_production_says_what_the_files_say(production: Tables, reports: Reports) -> None:
    for table, file, dropped in ((production["2024"], reports[0], {}), (production["2025"], reports[1], reports[0])):
        for served in all_rows(table):
            natural_key = (served["API_UWI_14_Unformatted"][:12], served["ENVInterval"], month(served))
            raw = file.get(natural_key) or dropped[natural_key]
            assert served["LiquidsProd_BBL"] == float(raw["MON_O_PROD_VOL"])
            assert served["GasProd_MCF"] == float(raw["MON_G_PROD_VOL"])
            assert served["WaterProd_BBL"] == depth(raw["MON_WTR_PROD_VOL"])
            assert served["ProducingDays"] == float(raw["DAYS_ON_PROD"])
            assert served["ProducingOperator"] == raw["SORT_NAME"].strip()


def test_production_changes_as_the_restatement_did(production: Tables, reports: Reports) -> None:
    before, after = reports
    restated = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    assert len(restated) == 335
    assert len(before.keys() - after.keys()) == len(deleted(production["2025"])) == 21
    assert len(after.keys() - before.keys()) == len(keys(production["2025"]) - keys(production["2024"])) == 5_580
    assert len(updated(production) - deleted(production["2025"])) == 335


@pytest.mark.parametrize("dataset", ["wells", "headers", "production"])
def test_update_stamps_tell_a_change_from_none(dataset: str, request: pytest.FixtureRequest) -> None:
    """What changed is more than a day later than all that was known; what did not keeps its moment."""
    first, second = (request.getfixturevalue(dataset)[vintage] for vintage in ("2024", "2025"))
    newest = max(moment(served["UpdatedDate"]) for served in all_rows(first))
    as_of = datetime(2025, 5, 4)  # noqa: DTZ001
    for key in second.keys_below(None):
        now, then = row(second, key), first.row(key)
        if now["DeletedDate"] != "NULL":
            assert moment(now["DeletedDate"]) > newest + timedelta(days=1)
            assert now["UpdatedDate"] == row(first, key)["UpdatedDate"]
        elif then is None or without_stamps(now) != without_stamps(then):
            assert newest + timedelta(days=1) < moment(now["UpdatedDate"]) < as_of
        elif dataset != "production":
            assert now == then


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def test_one_day_of_updates_is_a_handful_of_rows(wells: Tables) -> None:
    days = Counter(served["UpdatedDate"][:10] for served in all_rows(wells["2025"]))
    assert max(days.values()) < 100


def test_leases_are_the_shapes_of_the_file() -> None:
    tables = load("landtrac-leases")
    leases = geopandas.read_file(DATA / "boem_active_leases_gom_20180501.shp.zip")
    assert len(tables["2024"]) == len(tables["2025"]) == len(leases) == 2_591
    expected = leases.geometry.to_crs("EPSG:4326")
    for number, shape in list(zip(leases.LEASE_NUMB, expected, strict=True))[::13]:
        served = row(tables["2025"], (lease_id(number),))
        outline = geopandas.GeoSeries.from_wkt([served["Geom_Poly"]])[0]
        assert outline.is_valid
        assert outline.geom_type == shape.geom_type
        assert outline.hausdorff_distance(shape) < 1e-6
        assert served["RecordNumber"] == number


def test_a_missing_file_is_said_before_anything_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_data()
    monkeypatch.setattr(source, "DATA_DIR", tmp_path)
    with pytest.raises(SandboxError, match=r"bsee_boreholes_20250504\.csv\.gz is missing"):
        check_data()


def test_identifiers() -> None:
    assert dashed("17710414450200") == "17-710-41445-02-00"
    assert dashed("1771041445") == "17-710-41445"
    assert (lease_id("00016"), lease_id("G26074")) == (16, 726_074)
