"""Excel sheets as tables: which sheet, which types, and what is refused because nobody could say what it means."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from enverus_elt.errors import DeliveryError
from enverus_elt.formats import excel
from enverus_elt.formats.tabular import Table, open_table
from tests.unit.delivered_files import delivered

Book = Callable[..., Path]
at = datetime.fromisoformat


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def make(*rows: list[Any], change: Callable[[Workbook, Worksheet], None] | None = None) -> Path:
        workbook = Workbook()
        sheet = workbook.worksheets[0]
        sheet.title = "Wells"
        for row in rows:
            sheet.append(row)
        if change:
            change(workbook, sheet)
        path = tmp_path / "local"
        workbook.save(path)
        return path

    return make


def opened(path: Path, **more: Any) -> Table:
    return open_table(path, delivered("wells.xlsx", "tabular", "excel", **more))


def content(table: Table) -> dict[str, list[Any]]:
    return pa.Table.from_batches(table.batches(), table.schema).to_pydict()


def refusal(path: Path, **more: Any) -> str:
    with pytest.raises(DeliveryError) as error:
        content(opened(path, **more))
    assert str(error.value).startswith("wells.xlsx: ")
    return str(error.value)


def test_types_are_the_cells_own(book: Book) -> None:
    path = book(
        ["API Number", "Depth", "Share", "Spud", "Logged", "Active", "Remark"],
        ["0123", 1000, 1, at("2024-01-31"), at("2024-01-31T12:30"), True, "x"],
        ["4567", 2000, 0.5, date(2024, 2, 29), at("2024-02-29"), False, 7],
        [None, None, None, None, None, None, 2.5],
        ["89", 0, 2.0, date(1900, 3, 1), at("2024-03-01T00:00:01"), True, date(2024, 1, 1)],
    )
    table = opened(path)
    assert table.schema.types == [
        pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us"), pa.bool_(), pa.string(),
    ]  # fmt: skip
    found = content(table)
    assert table.schema.names == ["api_number", "depth", "share", "spud", "logged", "active", "remark"]
    assert found["api_number"] == ["0123", "4567", None, "89"]
    assert found["spud"] == [date(2024, 1, 31), date(2024, 2, 29), None, date(1900, 3, 1)]
    assert found["logged"][1] == at("2024-02-29")
    assert found["remark"] == ["x", "7", "2.5", "2024-01-01"]


def test_mixed_columns_are_text_as_one_would_type_it(book: Book) -> None:
    path = book(["a"], [5], [True], [2.0], [1e20], [time(3, 4)], [timedelta(hours=30)], [at("2024-01-02T03:04")])
    table = opened(path)
    assert content(table)["a"] == ["5", "true", "2", "1e+20", "03:04:00", "1 day, 6:00:00", "2024-01-02T03:04:00"]
    assert table.columns[0].facts["text_because_of"] == {"row": 3, "value": "true", "not": "integer"}


def test_empty_rows_are_left_out_and_counted(book: Book) -> None:
    path = book([], ["a", "b"], [1, 2], [], [" ", None], [3, 4])
    table = opened(path)
    assert content(table) == {"a": [1, 3], "b": [2, 4]}
    assert table.facts["empty_rows"] == 2
    assert table.facts["header_row"] == 2


def test_the_only_visible_sheet_is_taken(book: Book) -> None:
    def hide(workbook: Workbook, _: Worksheet) -> None:
        workbook.create_sheet("Lists").sheet_state = "hidden"

    assert opened(book(["a"], [1], change=hide)).facts["sheet"] == "Wells"


def test_one_of_several_sheets_has_to_be_named(book: Book) -> None:
    def add(workbook: Workbook, _: Worksheet) -> None:
        other = workbook.create_sheet("Leases")
        other.append(["b"])
        other.append([2])

    path = book(["a"], [1], change=add)
    assert content(opened(path, layer="Leases")) == {"b": [2]}
    assert "2 visible sheets ('Wells', 'Leases')" in refusal(path)
    assert "there is no sheet 'Rigs' (there are: 'Wells', 'Leases')" in refusal(path, layer="Rigs")


def test_formulas_count_as_what_excel_stored(book: Book, tmp_path: Path) -> None:
    """openpyxl stores none, so a value is put where Excel puts it."""
    path = book(["a", "b"], [1, "=A2*2"])
    assert "Wells!B2: a formula without a stored value" in refusal(path)
    stored = tmp_path / "stored"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stored, "w") as target:
        for item in source.infolist():
            target.writestr(item, source.read(item).replace(b"<f>A2*2</f><v></v>", b"<f>A2*2</f><v>2</v>")
                            .replace(b"<f>A2*2</f><v />", b"<f>A2*2</f><v>2</v>"))  # fmt: skip
    assert content(opened(stored)) == {"a": [1], "b": [2]}


def test_what_a_formula_could_not_compute_is_a_gap(book: Book) -> None:
    table = opened(book(["a"], [1], ["#N/A"], ["#DIV/0!"], [4]))
    assert content(table) == {"a": [1, None, None, 4]}
    assert table.facts["failed_formulas"] == 2


def test_merged_cells_are_refused(book: Book) -> None:
    path = book(["a", "b"], [1, 2], [3, 4], change=lambda _, sheet: sheet.merge_cells("A2:A3"))
    assert "Wells!A2:A3: merged cells" in refusal(path)


def test_a_value_without_a_header_is_named(book: Book) -> None:
    assert "Wells!C3: a value without a header" in refusal(book(["a", "b"], [1, 2], [3, 4, 5]))
    assert "Wells!B3: a value without a header" in refusal(book(["Production of 2024"], [], ["Well", "Oil"], ["a", 1]))


def test_headers_are_made_names(book: Book) -> None:
    table = opened(book(["Well", None, "WELL", 2024, "Höhe"], [1, 2, 3, 4, 5]))
    assert table.schema.names == ["well", "column_2", "well_2", "c_2024", "hohe"]
    assert [column.source for column in table.columns] == ["Well", "", "WELL", "2024", "Höhe"]


def test_an_empty_sheet(book: Book) -> None:
    assert "the sheet 'Wells' is empty" in refusal(book())


def test_what_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "local"
    path.write_bytes(b"\xd0\xcf\x11\xe0 an old one")
    assert "old .xls workbook" in refusal(path)
    path.write_bytes(b"a,b\n1,2\n")
    assert "not an Excel workbook" in refusal(path)
    path.write_bytes(b"PK\x03\x04 cut off")
    assert "damaged" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert "not an .xlsx workbook" in refusal(path)


def test_a_bomb_is_not_opened(book: Book) -> None:
    path = book(["a"], [1])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b"<x>" + b" " * (excel.MEGABYTE * 64) + b"</x>")
    assert "xl/sharedStrings2.xml unpacks to 64 MB: not opened" in refusal(path)


def test_entities_are_not_read(book: Book) -> None:
    path = book(["a"], [1])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/other.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
    assert "declares a document type" in refusal(path)
