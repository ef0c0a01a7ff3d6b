"""The sandbox API's production against the agency's two reports of one year."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.enverus_api_mapping.vintages import DATA, Raw, Tables, all_rows, deleted, depth, keys, read, updated

Reports = list[dict[tuple[str, str, str], Raw]]


@pytest.fixture(scope="module")
def reports() -> list[dict[tuple[str, str, str], Raw]]:
    header = (DATA / "bsee_ogora_header.csv").read_text().strip().split(",")
    names = ("bsee_ogora_2024_asof20250203.noheader.csv.gz", "bsee_ogora_2024_asof20250417.noheader.csv.gz")
    return [
        {(raw["API_WELL_NUMBER"], raw["PROD_INTERVAL_CD"], raw["PRODUCTION_DATE"]): raw for raw in read(name, header)}
        for name in names
    ]


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
