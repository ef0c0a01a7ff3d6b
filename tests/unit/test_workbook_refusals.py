"""What a workbook leaves unclear is told with its cell, all at once, and nothing is written."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.workbooks import HEAD, KEY, UPDATED, fields, imported, refusals, workbook

NAME, TYPE = "Depth", "REAL"


@pytest.mark.parametrize(
    ("row", "cell", "why"),
    [
        ((None, "REAL", None, "Y"), "A4", "no field name"),
        (("x" * 64, "REAL", None, "Y"), "A4", "64 bytes"),
        (("Größe", "REAL", None, "Y"), "A4", "letters, digits and _ only"),
        (("Well Name", "REAL", None, "Y"), "A4", "letters, digits and _ only"),
        (('x"; DROP TABLE core.wells; --', "REAL", None, "Y"), "A4", "letters, digits and _ only"),
        (("De\u200bpth", "REAL", None, "Y"), "A4", r"'De\u200bpth' is no field name"),
        (("De_x0007_pth", "REAL", None, "Y"), "A4", "the control character U+0007"),
        ((12, "REAL", None, "Y"), "A4", "'12' is no field name"),
        ((date(2024, 3, 1), "REAL", None, "Y"), "A4", "a date, 2024-03-01: Excel has turned"),
        (("_id", "REAL", None, "Y"), "A4", "a letter first"),
        ((NAME, None, None, "Y"), "B4", "no data type"),
        ((NAME, "TBD", None, "Y"), "B4", "no data type"),
        ((NAME, date(2010, 2, 1), None, "Y"), "B4", "a date, 2010-02-01: Excel has turned"),
        ((NAME, "string", None, "Y"), "B4", "'string' is no data type that is known"),
        ((NAME, "REAL NOT NULL", None, "Y"), "B4", "'REAL NOT NULL' is no data type that is known"),
        ((NAME, "VARCHAR", None, "Y"), "B4", "'VARCHAR' without a length"),
        ((NAME, "VARCHAR(0)", None, "Y"), "B4", "the length '0' is no number of characters"),
        ((NAME, "VARCHAR(-5)", None, "Y"), "B4", "the length '-5' is no number of characters"),
        ((NAME, "DECIMAL(2,5)", None, "Y"), "B4", "'2,5' is no precision and scale"),
        ((NAME, "FLOAT(99)", None, "Y"), "B4", "is no FLOAT(1) to FLOAT(53)"),
        ((NAME, "VARBINARY(MAX)", None, "Y"), "B4", "no column of the warehouse holds"),
        ((NAME, "time without time zone", None, "Y"), "B4", "is no data type that is known"),
        ((NAME, "GEOMETRY", None, "Y"), "A4", "a geometry of what type?"),
        ((NAME, "GEOMETRY(Point, WGS84)", None, "Y"), "B4", "names no type and SRID"),
        ((NAME, "GEOMETRY(CurvePolygon)", None, "Y"), "B4", "names no type and SRID"),
        ((NAME, "#N/A", None, "Y"), "B4", "the error value #N/A"),
        ((NAME, "=B2", None, "Y"), "B4", "a formula: only values are read"),
        ((NAME, TYPE, "perhaps", "Y"), "C4", "'perhaps' says neither yes nor no"),
        ((NAME, TYPE, "?", "Y"), "C4", "'?' says neither yes nor no"),
        ((NAME, TYPE, "PK", "Y"), "D4", "Depth is in the key, but nullable"),
        ((NAME, TYPE, None, None), "D4", "says neither Y nor N"),
        ((NAME, TYPE, None, "sometimes"), "D4", "'sometimes' says neither yes nor no"),
        ((NAME, TYPE, None, "Y", date(2024, 1, 1)), "E4", "a date, 2024-01-01"),
        ((NAME, "a " * 10_000, None, "Y"), "B4", "is no data type"),
        ((NAME, TYPE, None, "Y", "feet above " * 9), "E4", "is no unit"),
        (("wellid", TYPE, None, "Y"), "A4", "wellid is in A2 already"),
        (("Well_ID", TYPE, None, "Y"), "A4", "Well_ID and WellID (s!A2) would both be well_id"),
        (("ID", TYPE, None, "Y"), "A4", "every table has a column id of its own"),
        (("RowHash", TYPE, None, "Y"), "A4", "every table has a column row_hash of its own"),
    ],
)
def test_an_unclear_cell_is_named_with_what_to_do(folder: Path, row: tuple[Any, ...], cell: str, why: str) -> None:
    (line,) = refusals(workbook(folder, s=fields(row)))
    assert line.startswith(f"s!{cell}: ")
    assert why in line


def test_everything_that_is_unclear_is_told_at_once_over_all_sheets(folder: Path) -> None:
    wells = fields((NAME, "string", None, "maybe"), ("wellID", "REAL", None, "Y"))
    rigs = [HEAD, ("RigID", "INT", None, "N"), ("Note", "VARCHAR", None, "Y")]
    assert [line.split(": ")[0] for line in refusals(workbook(folder, wells=wells, rigs=rigs))] == [
        "wells!B4",
        "wells!D4",
        "wells!A5",
        "rigs!B3",
        "rigs!A1",  # no cursor; that no key is marked may follow from the row that is unclear
    ]


def test_a_thousand_problems_are_not_all_printed(folder: Path) -> None:
    rows = fields(*((f"F{n}", "string", None, "Y") for n in range(1000)))
    lines = refusals(workbook(folder, s=rows))
    assert len(lines) == 201
    assert lines[-1] == "and 800 more"


def test_one_good_sheet_is_not_written_when_another_one_is_unclear(folder: Path) -> None:
    path = workbook(folder, wells=fields(), rigs=fields((NAME, "string", None, "Y")))
    assert refusals(path) == [refusals(path, "rigs")[0]]
    assert [draft.dataset.id for draft in imported(path, "wells").drafts] == ["wells"]


# Lengths in a column of their own

LONG = ("Field Name", "Data Type", "Key", "Nullable", "Length", "Precision", "Scale")


@pytest.mark.parametrize(
    ("kind", "length", "why"),
    [
        ("VARCHAR", date(2024, 10, 2), "E4: a date, 2024-10-02: Excel has turned"),
        ("VARCHAR", 12.5, "B4: 'VARCHAR': the length '12.5' is no number"),
        ("VARCHAR", "many", "B4: 'VARCHAR': the length 'many' is no number"),
        ("VARCHAR(32)", 64, "B4: 'VARCHAR(32)', but the length says 64"),
        ("DECIMAL", "10.2", "B4: 'DECIMAL': '10.2' is no precision and scale"),
        ("NVARCHAR", "=16*2", "E4: a formula"),
    ],
)
def test_a_length_that_is_unclear_is_not_guessed(folder: Path, kind: str, length: Any, why: str) -> None:
    rows = [LONG, ("WellID", "INT", "PK", "N"), UPDATED[:4], ("Name", kind, None, "Y", length)]
    assert any(line.startswith(f"s!{why}") for line in refusals(workbook(folder, s=rows)))


# The sheet as a whole


@pytest.mark.parametrize(
    ("rows", "where", "why"),
    [
        ([HEAD, KEY], "A1", "no field is called UpdatedDate"),
        ([HEAD, ("WellID", "INT", None, "N"), UPDATED], "A1", "no field is marked as part of the key"),
        ([HEAD, KEY, ("UpdatedDate", "VARCHAR(32)", None, "Y")], "A3", "its type must be a time"),
        ([["Title"], ["Field Name", "Length", "Nullable"], KEY], "A2", "the header lacks a 'data type' column"),
        ([["Mnemonic", "Data Type", "Key", "Nullable"], KEY], "A1", "the header lacks a 'field name' column"),
        ([[*HEAD, "DataType"], KEY, UPDATED], "B1", "more than one 'data type' column (B1 'Data Type', F1 'DataType')"),
        ([[*HEAD, "Required"], KEY, UPDATED], "F1", "a 'nullable' and a 'required' column"),
        ([["=A2", *HEAD], [None, *KEY], [None, *UPDATED]], "A1", "a formula"),
        ([[*HEAD, "No."], [*KEY, "=ROW()"], UPDATED], "F2", "a formula"),
    ],
)
def test_a_sheet_that_makes_no_dataset_says_why(folder: Path, rows: Any, where: str, why: str) -> None:
    (line,) = refusals(workbook(folder, s=rows))
    assert line.startswith(f"s!{where}: ")
    assert why in line


@pytest.mark.parametrize(
    ("merged", "line"),
    [
        ("C2:C3", "s!C2:C3: merged: unmerge it and fill in each field's own key"),
        ("A2:A3", "s!A2:A3: merged: unmerge it and fill in each field's own field name"),
        ("D3:E3", "s!D3:E3: merged over several columns: unmerge it"),
        ("B1:C1", "s!B1:C1: a header cell over several columns: unmerge it"),
    ],
)
def test_merged_cells_that_could_mean_two_things_are_refused(folder: Path, merged: str, line: str) -> None:
    assert line in refusals(workbook(folder, lambda sheet: sheet.merge_cells(merged), s=fields()))


def test_a_sheets_name_that_is_no_id_and_two_sheets_of_one_id_are_refused(folder: Path) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet.title = "Wells (new)"

    (line,) = refusals(workbook(folder, rename, wells=fields()))
    assert line == "'Wells (new)'!A1: the sheet's name 'Wells (new)' is no dataset's id: say --dataset ID"

    def respell(sheet: Worksheet) -> None:
        sheet.title = "rig headers"

    (line,) = refusals(workbook(folder, respell, rigs=fields(), rig_headers=fields()))
    assert line.endswith("'rig headers'!A1 is dataset rig-headers already: choose one with --sheet")


def test_what_is_said_of_one_dataset_needs_one_sheet(folder: Path) -> None:
    path = workbook(folder, wells=fields(), rigs=fields())
    assert refusals(path, title="Rigs") == ["--title: 2 sheets cannot all have the same one: choose one with --sheet"]
    assert len(refusals(path, dataset_id="rigs")) == 1
    assert refusals(path, "pumps") == ["there is no sheet 'pumps': there are wells, rigs"]


def test_a_workbook_without_any_schema_is_refused(folder: Path) -> None:
    (line,) = refusals(workbook(folder, notes=[("hello",)]))
    assert re.match(r"sheet 'notes' has no row that names a 'field name' and a 'data type' column", line)


def test_a_sheet_with_more_rows_than_a_schema_can_have_is_read_no_further(folder: Path) -> None:
    rows = fields(*((f"F{n}", "INT", None, "Y") for n in range(6000)))
    (line,) = refusals(workbook(folder, s=rows))
    assert line.startswith("s!A5001: more than 5,000 filled rows")
    (line,) = refusals(workbook(folder, s=rows[:1600]))
    assert line == "s!A1: 1,599 fields: a table has at most 1,500"


def test_stray_blanks_far_away_are_nothing_and_stray_words_are_named(folder: Path) -> None:
    def blank(sheet: Worksheet) -> None:
        sheet["A1048576"] = " \u200b"
        sheet["XFD4"] = "\u00a0"

    assert len(imported(workbook(folder, blank, s=fields())).drafts) == 1

    def stray(sheet: Worksheet) -> None:
        sheet["B1048576"] = "end of file"

    lines = refusals(workbook(folder, stray, s=fields()))
    assert lines[0] == "s!A1048576: no field name: put it in, or delete the row"
