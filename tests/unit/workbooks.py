"""Schema workbooks as analysts make them, and what an import makes of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from enverus_elt.errors import WorkbookError
from enverus_elt.onboarding.datasets import Draft, Folders
from enverus_elt.onboarding.decisions import Decisions
from enverus_elt.onboarding.workbook_import import Import, read_workbook

SHIPPED = ("wells", "well-headers", "production", "landtrac-leases")  # whose columns the shipped workbook has, too
Rows = Sequence[Sequence[Any]]

HEAD = ("Field Name", "Data Type", "Key", "Nullable", "Units")
KEY = ("WellID", "BIGINT", "PK", "N", None)
UPDATED = ("UpdatedDate", "DATETIME", None, "Y", None)


def fields(*rows: Sequence[Any], head: Sequence[Any] = HEAD) -> Rows:
    """A sheet that would be good with some more rows below."""
    return [head, KEY, UPDATED, *rows]


def workbook(folder: Path, edit: Callable[[Worksheet], Any] | None = None, **sheets: Rows) -> Path:
    """A workbook with a sheet for each keyword; ``edit`` has the first one in hand before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", "-"))
        for row in rows:
            sheet.append(row)
    if edit is not None:
        edit(book.worksheets[0])
    path = folder / "schemas.xlsx"
    book.save(path)
    return path


def folders(folder: Path) -> Folders:
    """An empty catalog of the test's own."""
    made = Folders(folder / "catalog", folder / "expectations")
    for path in (made.catalog, made.expectations):
        path.mkdir(exist_ok=True)
    return made


def imported(path: Path, /, *sheets: str, dataset_id: str | None = None, **decisions: Any) -> Import:
    """Read a workbook against the catalog beside it."""
    return read_workbook(path, list(sheets), dataset_id, Decisions(**decisions), folders(path.parent))


def only(found: Import) -> Draft:
    """The one dataset of a workbook."""
    (draft,) = found.drafts
    return draft


def types(path: Path, /, **options: Any) -> dict[str, str]:
    """The columns of the workbook's one dataset with their types, without key and cursor."""
    dataset = only(imported(path, **options)).dataset
    return {c.name: str(c.type) for c in dataset.all_columns if c.name not in (*dataset.load.key, dataset.load.cursor)}


def refusals(path: Path, /, *sheets: str, **options: Any) -> list[str]:
    """What is refused, without the file's name; nothing may have been written for it."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(WorkbookError) as caught:
        imported(path, *sheets, **options)
    made = {path.parent / "catalog", path.parent / "expectations"}
    assert set(path.parent.rglob("*")) - set(before) <= made
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path.name}: ") for line in lines), lines
    return [line.removeprefix(f"{path.name}: ") for line in lines]
