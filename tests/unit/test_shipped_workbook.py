"""The workbook and the catalog that are shipped: they agree, and the one becomes the other."""

import difflib
from pathlib import Path

import pytest

from enverus_elt import suites
from enverus_elt.catalog import ApiSource, dataset_ids, load_catalog, load_dataset
from enverus_elt.onboarding.datasets import Folders
from enverus_elt.onboarding.decisions import Decisions
from enverus_elt.onboarding.schema_sheets import add_schema_sheet
from enverus_elt.onboarding.spreadsheet import new_workbook
from enverus_elt.onboarding.workbook_import import read_workbook
from enverus_elt.onboarding.writing import write_together
from enverus_elt.paths import CATALOG, ROOT
from tests.unit.workbooks import SHIPPED, folders, imported, only

SERVED = [dataset.id for dataset in load_catalog() if isinstance(dataset.source, ApiSource)]

FIELD_SUMMARY = ROOT / "sandbox" / "data" / "FieldSummary.xlsx"
BY_HAND = {"ResourceVolumeLiquidsMMb", "ProducingMonth"}  # a better name; what production is partitioned by


def test_the_shipped_workbook_and_the_shipped_catalog_agree() -> None:
    found = read_workbook(FIELD_SUMMARY, list(SHIPPED), None, Decisions(), Folders())
    assert [(draft.dataset.id, draft.changes, draft.notes) for draft in found.drafts] == [
        (name, [], []) for name in SHIPPED
    ]
    assert found.files == {}


def test_every_sheet_of_the_shipped_workbook_becomes_a_dataset_and_a_second_time_nothing(folder: Path) -> None:
    where = folders(folder)
    path = folder / "FieldSummary.xlsx"
    path.write_bytes(FIELD_SUMMARY.read_bytes())
    first = imported(path)
    write_together(first.files)
    assert len(dataset_ids(where.catalog)) == 8
    new = [draft.dataset for draft in first.drafts if draft.dataset.id not in SHIPPED]
    assert {dataset.id: dataset.load.key for dataset in new} == {
        "permits": ("permit_id",),
        "rigs": ("completion_id", "well_id"),
        "active-rigs": ("env_rig_id",),
        "full-directional-surveys": ("api_uwi_12_unformatted", "station_number"),
    }
    for draft in first.drafts:
        assert load_dataset(draft.dataset.id, where.catalog) == draft.dataset
        assert suites.stale_reason(draft.dataset, where.expectations) is None
    again = imported(path)
    assert (again.files, [draft.changes for draft in again.drafts]) == ({}, [[]] * 8)


def test_a_shipped_dataset_made_anew_has_the_shipped_columns(folder: Path) -> None:
    path = folder / "FieldSummary.xlsx"
    path.write_bytes(FIELD_SUMMARY.read_bytes())
    for draft in imported(path, *SHIPPED).drafts:
        shipped = load_dataset(draft.dataset.id)
        said = {(c.name, c.source, c.type, c.nullable) for c in draft.dataset.all_columns}
        meant = {(c.name, c.source, c.type, c.nullable) for c in shipped.all_columns}
        assert {facts[1] for facts in said ^ meant} <= BY_HAND
        units = {c.source for c in draft.dataset.columns if c.unit != shipped.by_name.get(c.name, c).unit}
        assert all(source == "WaterDepth" or "PerDAYPer1000FT" in source for source in units)


@pytest.mark.parametrize("name", SERVED)
def test_no_other_line_of_a_shipped_file_changes(folder: Path, name: str) -> None:
    before = (CATALOG / f"{name}.yaml").read_text()
    path = folders(folder).catalog / f"{name}.yaml"
    path.write_text(before)
    book = new_workbook()
    add_schema_sheet(book, load_dataset(name))
    sheet = book[name]
    sheet.append(["Zz_New", "INT", None, "Y"])
    book.save(folder / "one.xlsx")
    after = only(imported(folder / "one.xlsx")).files[path]
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-?"]
    assert [line for line in lines if line != "+ " and "onboarding: {imported: " not in line] == [
        "+   - {name: zz_new, source: Zz_New, type: integer}"
    ]
