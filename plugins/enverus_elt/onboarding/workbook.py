"""Opens a workbook as a stream: neither its formulas nor its links nor more rows than a schema has are followed."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader

from enverus_elt.errors import WorkbookError
from enverus_elt.formats.xml_scan import merged_ranges
from enverus_elt.onboarding.archive import check_archive
from enverus_elt.onboarding.cells import INVISIBLE
from enverus_elt.onboarding.sheets import Cell, Range, Sheet

MOST_FILLED_ROWS = 5_000
MOST_ROWS = 2**20  # of a sheet, as Excel has it
MOST_CELLS = 5_000_000  # filled or only formatted
MOST_RANGES = 2_000

# What the library raises on parts that are not what they should be: nearly anything.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class SheetTitle(NamedTuple):
    """A sheet that may hold a schema, and whether people see it."""

    name: str
    hidden: bool


class Workbook:
    """An open workbook: its sheets' titles, and each sheet when it is asked for."""

    def __init__(self, path: Path, reader: ExcelReader) -> None:
        self._path = path
        self._reader = reader
        self._parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}

    @property
    def titles(self) -> list[SheetTitle]:
        """The sheets with cells, in the workbook's order; charts are none."""
        return [SheetTitle(sheet.title, sheet.sheet_state != "visible") for sheet in self._reader.wb.worksheets]

    def sheet(self, name: str) -> Sheet:
        """The filled cells of a sheet and its merged ranges."""
        with _told(self._path):
            rows = self._rows(name)
            with self._reader.archive.open(str(self._parts[name])) as part:
                ranges = merged_ranges(cast(BinaryIO, part))
            if len(ranges) > MOST_RANGES:
                raise WorkbookError(f"{self._path.name}: {name}: more than {MOST_RANGES:,} merged ranges: not a schema")
            return Sheet(name, rows, tuple(map(Range.of, ranges)))

    def _rows(self, name: str) -> dict[int, dict[int, Cell]]:
        found: dict[int, dict[int, Cell]] = {}
        cells = 0
        for number, row in enumerate(self._all_rows(name), start=1):
            cells += len(row)
            filled = {cell.column: _cell(cell) for cell in row if not _is_blank(cell.value)}
            if filled:
                found[number] = filled
            if len(found) > MOST_FILLED_ROWS or cells > MOST_CELLS or number > MOST_ROWS:
                what = f"more than {MOST_FILLED_ROWS:,} filled rows or {MOST_CELLS:,} formatted cells: not a schema"
                raise WorkbookError(f"{self._path.name}: {name}!A{number}: {what}: delete what does not belong to it")
        return found

    def _all_rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        sheet: Any = self._reader.wb[name]
        sheet.reset_dimensions()  # what the file says of its size is not always true
        rows: Iterator[tuple[Any, ...]] = sheet.iter_rows()
        return rows


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """The workbook; raises WorkbookError where the file is none that may be read."""
    check_archive(path)
    with _told(path):
        reader = ExcelReader(str(path), read_only=True, keep_links=False)
        try:
            reader.read()
            workbook = Workbook(path, reader)
        except BaseException:
            reader.archive.close()
            raise
    try:
        yield workbook
    finally:
        reader.archive.close()


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip().strip(INVISIBLE))


def _cell(cell: Any) -> Cell:
    return Cell(cell.row, cell.column, cell.value, cell.data_type)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The library's errors as one line; what it warns of (styles, validations) is nothing that is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except DAMAGED as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise WorkbookError(f"{path.name}: damaged: {reason}: save it again in Excel") from error
