"""What the catalog writes into a workbook, and that reading it back changes nothing."""

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enverus_elt.catalog import ApiSource, Dataset, load_catalog, load_dataset
from enverus_elt.errors import CatalogError
from enverus_elt.onboarding.schema_sheets import add_schema_sheet
from enverus_elt.onboarding.spreadsheet import add_sheet, new_workbook, save
from enverus_elt.paths import CATALOG, EXPECTATIONS
from tests.unit.conftest import LEASES
from tests.unit.workbooks import SHIPPED, folders, imported, only


def exported(path: Path, *datasets: Dataset) -> Path:
    book = new_workbook()
    for dataset in datasets:
        add_schema_sheet(book, dataset)
    save(book, path)
    return path


def test_importing_the_export_of_every_shipped_dataset_changes_nothing(folder: Path) -> None:
    served = [dataset for dataset in load_catalog() if isinstance(dataset.source, ApiSource)]
    path = exported(folder / "out.xlsx", *served)
    shutil.copytree(CATALOG, folder / "catalog")
    shutil.copytree(EXPECTATIONS, folder / "expectations")
    found = imported(path)
    assert [draft.dataset.id for draft in found.drafts] == [dataset.id for dataset in served]
    assert [(draft.changes, draft.notes) for draft in found.drafts] == [([], [])] * len(found.drafts)
    assert found.files == {}


def test_a_dataset_made_anew_from_its_export_has_the_same_columns(folder: Path) -> None:
    for dataset in map(load_dataset, SHIPPED):
        again = only(imported(exported(folder / "out.xlsx", dataset))).dataset
        rates = {column.name for column in dataset.columns if column.source.endswith("PerDAYPer1000FT")}
        named = [column for column in stated(again) if column[0] not in rates]  # the names say units of these
        assert named == [column for column in stated(dataset) if column[0] not in rates]


def stated(dataset: Dataset) -> list[Any]:
    """What a workbook can say of a dataset."""
    facts = ("name", "source", "type", "srid", "nullable", "unit", "description")
    columns = [[getattr(column, fact, None) for fact in facts] for column in dataset.all_columns]
    return [dataset.load.key, dataset.load.cursor, dataset.load.deleted, *columns]


TYPES = ("smallint", "integer", "bigint", "real", "double precision", "numeric(12,3)", "numeric", "text", "varchar(40)",
         "boolean", "date", "timestamp", "timestamptz")  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=2, max_size=12)
SAYS = st.lists(WORDS, min_size=2, max_size=4).map(" ".join)  # one word may mean that there is nothing: n/a
STARTS = st.sampled_from(("", "=", "+", "-", "@"))
UNITS = st.sampled_from((None, "FT", "BBL/DAY", "1/64 IN", "furlong"))
STEERING = ("updated_date", "deleted_date")


@st.composite
def columns(draw: st.DrawFn, number: int) -> dict[str, Any]:
    return {
        "name": f"{draw(st.sampled_from(('own', 'column')))}_{number}",
        "source": f"Column{number}",
        "type": draw(st.sampled_from(TYPES)),
        "nullable": draw(st.booleans()),
        "unit": draw(UNITS),
        "description": draw(st.none() | st.tuples(STARTS, SAYS).map("".join)),
    }


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    fixed: Any = LEASES["columns"]
    needed = [column for column in fixed if column["name"] in ("lease_id", *STEERING)]
    more = [draw(columns(number)) for number in range(draw(st.integers(1, 5)))]
    return Dataset.model_validate({**LEASES, "indexes": [], "columns": [*needed, *more]})


@settings(max_examples=60)
@given(dataset=datasets())
def test_whatever_a_dataset_says_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, dataset: Dataset
) -> None:
    folder = tmp_path_factory.mktemp("export")
    again = only(imported(exported(folder / "out.xlsx", dataset))).dataset
    assert all((again.by_name[name].description or "").startswith("When the source") for name in STEERING)
    came_back = [column for column in stated(again) if column[0] not in STEERING]
    assert came_back == [column for column in stated(dataset) if column[0] not in STEERING]


def test_the_sheets_are_in_the_form_in_which_analysts_hand_them_in(folder: Path) -> None:
    book = openpyxl.load_workbook(exported(folder / "out.xlsx", load_dataset("landtrac-leases")))
    sheet = book["landtrac-leases"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Enverus DirectAccess v3 / landtrac-leases"
    assert rows[1] == (None,) * 7
    assert rows[2] == ("Field Name", "Data Type", "Key", "Nullable", "Units", "Description", "Warehouse Name")
    assert rows[3] == ("Acres", "FLOAT(53)", None, "Y", "ACRE", "Acres", "acres")
    by_name = {row[6]: row for row in rows[3:]}
    assert by_name["lease_id"][:4] == ("LeaseID", "BIGINT", "PK", "N")
    assert by_name["updated_date"][:4] == ("UpdatedDate", "DATETIME", None, "N")
    assert by_name["geom_poly"][:2] == ("Geom_Poly", "GEOMETRY")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B4", f"A3:G{len(rows)}")
    assert sheet.column_dimensions["F"].width > 40


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A", "{=A1}", "'quoted"])
def test_text_that_looks_like_a_formula_stays_text(folder: Path, text: str) -> None:
    book = new_workbook()
    add_sheet(book, "s", ["Says"], [(text,), (12,), (None,)])
    save(book, folder / "s.xlsx")
    cell = openpyxl.load_workbook(folder / "s.xlsx")["s"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@"))


def test_what_no_cell_can_hold_is_replaced_or_refused(folder: Path) -> None:
    book = new_workbook()
    add_sheet(book, "s", ["Says"], [("bell \x07 rings",)])
    save(book, folder / "s.xlsx")
    assert openpyxl.load_workbook(folder / "s.xlsx")["s"]["A2"].value == "bell \ufffd rings"
    with pytest.raises(CatalogError, match="40,000 characters, and a cell takes 32,767"):
        add_sheet(book, "t", ["Says"], [("x" * 40_000,)])
    with pytest.raises(CatalogError, match="longer than the 31 characters"):
        add_sheet(book, "x" * 32, ["Says"], [])


def test_a_workbook_that_cannot_be_written_leaves_the_old_one(folder: Path) -> None:
    path = exported(folder / "out.xlsx", load_dataset("production"))
    before = path.read_bytes()
    with pytest.raises(CatalogError, match="nothing was written"):
        exported(folder / "nowhere" / "out.xlsx", load_dataset("production"))
    (folder / "folder.xlsx").mkdir()
    with pytest.raises(CatalogError, match="nothing was written"):
        exported(folder / "folder.xlsx", load_dataset("production"))
    assert (path.read_bytes(), sorted(p.name for p in folder.iterdir())) == (before, ["folder.xlsx", "out.xlsx"])
    assert folders(folder).catalog.is_dir()
