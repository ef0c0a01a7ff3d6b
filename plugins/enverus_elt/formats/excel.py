"""One sheet of an Excel workbook as rows of typed cells, read as a stream.

Formulas count as the values that Excel stored with them. A sheet is a table here when its first row that is not empty
holds the headers, and no cells are merged: what a merged cell means for the rows below it is nobody's guess to make.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.xml_scan import DoctypeError, merged_ranges, refuse_doctype

MEGABYTE = 2**20
MOST_SHEET = 4_096 * MEGABYTE  # unpacked; read as a stream
MOST_PART = 256 * MEGABYTE  # unpacked; read as a whole, as all texts of a workbook are
MOST_RATIO = 500  # of a part above a few megabytes: sheets compress to a twentieth or so, a bomb to a thousandth
OLE = b"\xd0\xcf\x11\xe0"  # the container of .xls, and of an encrypted .xlsx
FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA")
# What the library raises on parts that are not what they should be: nearly anything.
DAMAGED = (zipfile.BadZipFile, zlib.error, ExpatError, AttributeError, EOFError, LookupError, OSError, OverflowError,
           RuntimeError, SyntaxError, TypeError, ValueError)  # fmt: skip


class Row(NamedTuple):
    """A row below the headers: its number in the sheet, and a value for each header, None where there is none."""

    number: int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet whose headers were read."""

    path: Path
    name: str  # what the delivery calls the file
    title: str
    headers: tuple[str, ...]
    header_row: int

    def rows(self) -> Iterator[Row]:
        """The rows that are not empty; raises DeliveryError, naming the cell, for a value without a header."""
        with _opened(self.path, self.name) as reader, _told(self.name):
            for number, cells in _filled_rows(reader, self.title):
                if number > self.header_row:
                    yield Row(number, tuple(self._in_width(number, cells)))

    def refuse_unstored(self) -> None:
        """Raise DeliveryError for a formula without a value: a program that does not compute wrote the workbook."""
        if not self._has_formulas():
            return
        with (
            _opened(self.path, self.name, formulas=True) as formulas,
            _opened(self.path, self.name) as values,
            _told(self.name),
        ):
            pairs = zip(_rows(formulas, self.title), _rows(values, self.title), strict=False)
            for number, (texts, stored) in enumerate(pairs, start=1):
                for column, (text, value) in enumerate(zip(texts, stored, strict=False), start=1):
                    if value is None and isinstance(text, str) and text.startswith("="):
                        raise DeliveryError(
                            f"{self.name}: {self.title}!{get_column_letter(column)}{number}: a formula without a "
                            "stored value: open the workbook in Excel and save it again"
                        )

    def _has_formulas(self) -> bool:
        """Whether any cell has one: two more readings of the sheet are only then worth it."""
        with _opened(self.path, self.name) as reader, _told(self.name):
            end = b""
            with reader.archive.open(_part_of(reader, self.title)) as part:
                while chunk := part.read(MEGABYTE):
                    if FORMULA.search(end + chunk):
                        return True
                    end = chunk[-16:]
        return False

    def _in_width(self, number: int, cells: tuple[Any, ...]) -> Iterator[Any]:
        for column, value in enumerate(cells[len(self.headers) :], start=len(self.headers) + 1):
            if not _is_blank(value):
                raise DeliveryError(
                    f"{self.name}: {self.title}!{get_column_letter(column)}{number}: a value without a header: the "
                    f"headers are those of row {self.header_row}, the first one that is not empty"
                )
        yield from cells[: len(self.headers)]
        yield from [None] * (len(self.headers) - len(cells))


def read_sheet(path: Path, name: str, title: str | None = None) -> Sheet:
    """Find the sheet, the only visible one where none is named, and read its headers."""
    _check_archive(path, name)
    with _opened(path, name) as reader, _told(name):
        title = _choose(reader, name, title)
        with reader.archive.open(_part_of(reader, title)) as part:
            merged = merged_ranges(cast(BinaryIO, part))
        if merged:
            more = f" and {len(merged) - 1:,} more" if len(merged) > 1 else ""
            raise DeliveryError(
                f"{name}: {title}!{merged[0]}{more}: merged cells: unmerge them and give every row its own values"
            )
        for number, cells in _filled_rows(reader, title):
            last = max(place for place, value in enumerate(cells, start=1) if not _is_blank(value))
            headers = tuple("" if _is_blank(value) else str(value).strip() for value in cells[:last])
            return Sheet(path, name, title, headers, number)
    raise DeliveryError(f"{name}: the sheet {title!r} is empty")


def _choose(reader: ExcelReader, name: str, title: str | None) -> str:
    sheets = {sheet.title: sheet.sheet_state == "visible" for sheet in reader.wb.worksheets}
    listed = ", ".join(repr(sheet) for sheet in sheets)
    if title is not None:
        if title not in sheets:
            raise DeliveryError(f"{name}: there is no sheet {title!r} (there are: {listed}): correct the file's layer")
        return title
    visible = [sheet for sheet, seen in sheets.items() if seen]
    if len(visible) != 1:
        raise DeliveryError(f"{name}: {len(visible)} visible sheets ({listed}): name one as the file's layer")
    return visible[0]


def _part_of(reader: ExcelReader, title: str) -> str:
    return next(str(relation.target) for sheet, relation in reader.parser.find_sheets() if sheet.name == title)


def _filled_rows(reader: ExcelReader, title: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for number, cells in enumerate(_rows(reader, title), start=1):
        if any(not _is_blank(value) for value in cells):
            yield number, cells


def _rows(reader: ExcelReader, title: str) -> Iterator[tuple[Any, ...]]:
    sheet: Any = reader.wb[title]
    sheet.reset_dimensions()  # what the file says of its size is not always true
    yield from sheet.iter_rows(values_only=True)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@contextmanager
def _opened(path: Path, name: str, *, formulas: bool = False) -> Iterator[ExcelReader]:
    with path.open("rb") as file:  # by its name, the library would judge it by its ending
        with _told(name):
            reader = ExcelReader(file, read_only=True, keep_links=False, data_only=not formulas)
            reader.read()
        try:
            yield reader
        finally:
            reader.archive.close()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """The library's errors as one line; what it warns of (styles, validations) is nothing that is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except DAMAGED as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise DeliveryError(f"{name}: damaged: {reason}: save it again in Excel") from error


def _check_archive(path: Path, name: str) -> None:
    with path.open("rb") as file:
        head = file.read(len(OLE))
    if head == OLE:
        raise DeliveryError(f"{name}: an old .xls workbook, or an encrypted one: save it as .xlsx without a password")
    if not head.startswith(b"PK"):
        raise DeliveryError(f"{name}: not an Excel workbook: save it as .xlsx in Excel")
    with _told(name), zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            _check_part(archive, part, name)
        if "[Content_Types].xml" not in archive.namelist() or "xl/workbook.bin" in archive.namelist():
            raise DeliveryError(f"{name}: a ZIP archive, but not an .xlsx workbook: save it as .xlsx in Excel")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """The size that is declared is the size that is read: zipfile stops there, and says so where there is more."""
    most = MOST_SHEET if part.filename.startswith("xl/worksheets/") else MOST_PART
    if part.file_size > most or part.file_size > max(8 * MEGABYTE, MOST_RATIO * part.compress_size):
        raise DeliveryError(f"{name}: {part.filename} unpacks to {part.file_size // MEGABYTE:,} MB: not opened")
    if part.flag_bits & 1:
        raise DeliveryError(f"{name}: encrypted: save it without a password")
    if part.filename.endswith((".xml", ".rels")):
        try:
            with archive.open(part) as content:
                refuse_doctype(cast(BinaryIO, content))
        except DoctypeError as error:
            raise DeliveryError(f"{name}: {part.filename} declares a document type: not opened") from error
