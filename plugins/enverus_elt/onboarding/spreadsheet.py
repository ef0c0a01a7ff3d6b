"""Sheets that people filter, send round and send back: a frozen header, readable widths, and text that stays text."""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from enverus_elt.errors import CatalogError

Value = str | int | float | bool | None

FORMULA_STARTS = ("=", "+", "-", "@")
MOST_CHARACTERS = 32_767  # of a cell
MOST_SHEET_NAME = 31
WIDEST = 80
HEAD_FILL = PatternFill("solid", fgColor="D9E2EC")
TITLE_ROWS = 2  # the title, and a blank row


def add_sheet(
    workbook: Workbook, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], title: str | None = None
) -> None:
    """A sheet with one row of column heads, below a merged title where there is one."""
    if len(name) > MOST_SHEET_NAME:
        raise CatalogError(f"{name}: longer than the {MOST_SHEET_NAME} characters that a sheet's name may have")
    sheet = workbook.create_sheet(name)
    first = 1
    if title is not None:
        _put(sheet.cell(1, 1), title).font = Font(bold=True, size=13)
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
        first += TITLE_ROWS
    for column, head in enumerate(heads, start=1):
        cell = _put(sheet.cell(first, column), head)
        cell.font, cell.fill = Font(bold=True), HEAD_FILL
    last, widths = first, [len(head) + 4 for head in heads]  # room for the filter's arrow
    for last, values in enumerate(rows, start=first + 1):
        for column, value in enumerate(values, start=1):
            cell = _put(sheet.cell(last, column), value)
            cell.alignment = Alignment(vertical="top", wrap_text=len(str(value or "")) > WIDEST)
            widths[column - 1] = min(max(widths[column - 1], len(str(value or "")) + 2), WIDEST)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(first + 1, 2).coordinate
    sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(heads))}{last}"


def new_workbook() -> Workbook:
    """A workbook without the empty sheet that the library begins with."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    return workbook


def save(workbook: Workbook, path: Path) -> None:
    """Write the file; one that is there stays as it is until the new one is complete."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        workbook.save(temporary)
        temporary.replace(path)
    except OSError as error:
        raise CatalogError(f"{path}: {error.strerror}: nothing was written") from error
    finally:
        temporary.unlink(missing_ok=True)


def _put(cell: Any, value: Value) -> Any:
    """Text is text, also where it begins like a formula or looks like an error value."""
    if not isinstance(value, str):
        cell.value = value
        return cell
    if len(value) > MOST_CHARACTERS:
        raise CatalogError(f"{value[:40]}…: {len(value):,} characters, and a cell takes {MOST_CHARACTERS:,}")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(FORMULA_STARTS)  # it stays text when somebody edits it
    return cell
