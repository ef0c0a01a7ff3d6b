"""What a file has to be before a spreadsheet library may open it: a ZIP archive of a workbook's size and parts."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers.expat import ExpatError

from enverus_elt.errors import WorkbookError
from enverus_elt.formats.xml_scan import DoctypeError, refuse_doctype

MEGABYTE = 2**20
MOST_BYTES = 50 * MEGABYTE  # of the file
MOST_PARTS = 5_000
MOST_SHEET = 256 * MEGABYTE  # unpacked; read as a stream, and only as far as a schema can go
MOST_PART = 32 * MEGABYTE  # unpacked; read as a whole
MOST_RATIO = 200  # of a part above MOST_PART: rows compress to a tenth or so, a bomb to a thousandth

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .xls, and of an encrypted .xlsx
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
STRICT = b"purl.oclc.org/ooxml"  # the namespace of a dialect that the library does not read
READING = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def check_archive(path: Path) -> None:
    """Raise WorkbookError with what the file is instead, and what to do about it."""
    if path.suffix.lower() != ".xlsx":
        raise WorkbookError(f"{path.name}: a schema workbook is an .xlsx file: save it as one")
    if not path.is_file():
        raise WorkbookError(f"{path}: there is no such file")
    if path.stat().st_size > MOST_BYTES:
        raise WorkbookError(f"{path.name}: larger than {MOST_BYTES // MEGABYTE} MB: not a schema workbook")
    _refuse_other_formats(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for refusal in _refusals(archive):
                raise WorkbookError(f"{path.name}: {refusal}")
    except READING as error:
        raise WorkbookError(f"{path.name}: damaged: {' '.join(str(error).split())}: save it again in Excel") from error


def _refuse_other_formats(path: Path) -> None:
    content = path.read_bytes()
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise WorkbookError(f"{path.name}: encrypted: save it without a password")
        raise WorkbookError(f"{path.name}: an old .xls workbook by another name: save it as .xlsx")
    if not content.startswith(b"PK"):
        raise WorkbookError(f"{path.name}: not an Excel workbook: save it as .xlsx in Excel")


def _refusals(archive: zipfile.ZipFile) -> Iterator[str]:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS:
        yield f"{len(parts):,} parts: not a schema workbook"
    if "xl/workbook.bin" in names:
        yield "a binary workbook (.xlsb) by another name: save it as .xlsx"
    if "[Content_Types].xml" not in names:
        yield "a ZIP archive, but not an Excel workbook: save it as .xlsx in Excel"
    if any(part.flag_bits & 1 for part in parts):
        yield "encrypted: save it without a password"
    for part in parts:
        yield from _oversize(part)
    if links := sorted(name for name in names if name.startswith("xl/externalLinks/") and name.endswith(".xml")):
        yield f"links to other workbooks ({links[0]}): break them in Excel under Data, Edit Links"
    yield from _doctypes(archive, parts)
    if "xl/workbook.xml" in names and STRICT in archive.read("xl/workbook.xml"):
        yield "a 'Strict Open XML' workbook: save it as 'Excel Workbook (.xlsx)'"


def _oversize(part: zipfile.ZipInfo) -> Iterator[str]:
    """The size that is declared is the size that is read: zipfile stops there, and says so where there is more."""
    is_sheet = part.filename.startswith("xl/worksheets/")
    most = MOST_SHEET if is_sheet else MOST_PART
    if _is_xml(part) and part.file_size > most:
        yield f"{part.filename} unpacks to {part.file_size // MEGABYTE:,} MB: not a schema workbook"
    elif part.file_size > max(MOST_PART, MOST_RATIO * part.compress_size):
        yield f"{part.filename} unpacks to {part.file_size // max(part.compress_size, 1):,} times its size: not opened"


def _doctypes(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[str]:
    for part in parts:
        if not _is_xml(part):
            continue
        try:
            with archive.open(part) as content:
                refuse_doctype(cast(BinaryIO, content))
        except DoctypeError:
            yield f"{part.filename} declares a document type: not opened"
        except ExpatError as error:
            yield f"damaged: {part.filename} is not XML: {error}: save it again in Excel"


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.endswith((".xml", ".rels"))
