"""Files that are no schema workbook, or one that no program should open: one line each, before anything is read."""

import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.external_link import ExternalLink
from openpyxl.workbook.external_link.external import ExternalBook

from enverus_elt.errors import WorkbookError
from enverus_elt.onboarding import archive
from enverus_elt.onboarding.workbook import open_workbook
from tests.unit.workbooks import fields, imported, only, workbook

SHEET = "xl/worksheets/sheet1.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read_all(path: Path) -> None:
    with open_workbook(path) as book:
        for title in book.titles:
            book.sheet(title.name)


def refusal(path: Path) -> str:
    with pytest.raises(WorkbookError) as caught:
        read_all(path)
    text = str(caught.value)
    assert "\n" not in text
    return text


def file(folder: Path, content: bytes, name: str = "s.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def with_part(folder: Path, name: str, content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A good workbook in which one part is another."""
    good, path = workbook(folder, s=fields()), folder / "changed.xlsx"
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(path, "w", compression) as after:
        for part in before.namelist():
            if part != name:
                after.writestr(part, before.read(part))
        after.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("s.csv", b"Field Name,Data Type", "a schema workbook is an .xlsx file"),
        ("s.xls", OLE, "a schema workbook is an .xlsx file"),
        ("s.xlsm", b"PK", "a schema workbook is an .xlsx file"),
        ("s.xlsx", OLE + b"\0" * 600, "an old .xls workbook by another name"),
        ("s.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted: save it without a password"),
        ("s.xlsx", b"", "not an Excel workbook"),
        ("s.xlsx", b"<html>please sign in</html>", "not an Excel workbook"),
        ("s.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"),
    ],
)
def test_a_file_that_is_something_else_is_called_what_it_is(folder: Path, name: str, content: bytes, why: str) -> None:
    assert why in refusal(file(folder, content, name))


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    assert refusal(folder / "none.xlsx") == f"{folder / 'none.xlsx'}: there is no such file"


def test_a_download_that_broke_off_is_damaged_wherever_it_broke_off(folder: Path) -> None:
    content = workbook(folder, s=fields()).read_bytes()
    for length in range(4, len(content) - 1, 97):
        assert "damaged" in refusal(file(folder, content[:length]))


def test_a_workbook_with_any_flipped_byte_is_read_or_refused_in_one_line(folder: Path) -> None:
    content = workbook(folder, s=fields()).read_bytes()
    refused: list[str] = []
    for place in range(0, len(content), 61):
        path = file(folder, content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :], "flipped.xlsx")
        try:
            imported(path)
        except WorkbookError as error:
            refused.append(str(error))
    assert len(refused) > 10
    assert all(line.startswith("flipped.xlsx: ") for line in refused)


def test_a_zip_of_other_things_is_no_workbook(folder: Path) -> None:
    path = folder / "s.xlsx"
    with zipfile.ZipFile(path, "w") as archived:
        archived.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "but not an Excel workbook" in refusal(path)
    assert "binary workbook" in refusal(with_part(folder, "xl/workbook.bin", b""))


def test_a_strict_workbook_is_called_so(folder: Path) -> None:
    with zipfile.ZipFile(workbook(folder, s=fields())) as archived:
        book = archived.read("xl/workbook.xml")
    strict = book.replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
    assert "a 'Strict Open XML' workbook: save it as" in refusal(with_part(folder, "xl/workbook.xml", strict))


def test_an_archive_with_a_password_is_refused(folder: Path) -> None:
    content = bytearray(workbook(folder, s=fields()).read_bytes())
    at = content.index(b"PK\x01\x02")  # the directory's entry of the first part
    struct.pack_into("<H", content, at + 8, 1)
    assert "encrypted: save it without a password" in refusal(file(folder, bytes(content)))


# Bombs


def test_a_sheet_that_unpacks_to_far_more_than_a_schema_is_not_opened(folder: Path) -> None:
    blanks = b" " * (40 * archive.MEGABYTE)
    assert "times its size: not opened" in refusal(with_part(folder, SHEET, blanks))
    assert "unpacks to 40 MB" in refusal(with_part(folder, "xl/sharedStrings.xml", blanks))
    assert "times its size: not opened" in refusal(with_part(folder, "xl/media/image1.png", blanks))


def test_a_part_that_is_larger_than_it_says_is_damaged(folder: Path) -> None:
    path = with_part(folder, SHEET, b"<worksheet>" + b"<a/>" * 50_000 + b"</worksheet>")
    content = bytearray(path.read_bytes())
    at = content.index(SHEET.encode(), content.index(b"PK\x01\x02")) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, at + 24, 1000)  # the size that the directory says it unpacks to
    assert "damaged" in refusal(file(folder, bytes(content)))


def test_a_part_that_declares_entities_is_not_opened(folder: Path) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    for content in (laughs.encode(), laughs.encode("utf-16"), b"<!-- " + b"x" * 100_000 + b" -->" + laughs.encode()):
        for part in (SHEET, "xl/workbook.xml", "docProps/core.xml", "[Content_Types].xml"):
            assert "declares a document type: not opened" in refusal(with_part(folder, part, content))


def test_a_part_that_is_no_xml_is_damaged(folder: Path) -> None:
    assert f"damaged: {SHEET} is not XML" in refusal(with_part(folder, SHEET, b"\x00\x01 binary"))


def test_a_workbook_of_many_parts_or_of_many_bytes_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(folder, s=fields())
    monkeypatch.setattr(archive, "MOST_PARTS", 5)
    assert "parts: not a schema workbook" in refusal(path)
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert "larger than 0 MB" in refusal(path)


# Links


def test_a_workbook_that_links_to_another_one_is_refused(folder: Path) -> None:
    path = workbook(folder, s=fields())
    book = openpyxl.load_workbook(path)
    link = ExternalLink(externalBook=ExternalBook())
    link.file_link = openpyxl.packaging.relationship.Relationship(
        type="externalLinkPath", Target="file:///c:/Prices.xlsx", TargetMode="External"
    )
    book._external_links.append(link)
    book.save(path)
    assert "links to other workbooks" in refusal(path)


def test_a_hyperlink_in_a_cell_is_only_text(folder: Path) -> None:
    def link(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["A2"].hyperlink = "https://example.com/well"
        sheet["A2"].value = "WellID"

    assert only(imported(workbook(folder, link, s=fields()))).dataset.load.key == ("well_id",)


# What the file says of its own size is not believed


def test_a_sheet_that_says_it_is_smaller_is_read_whole(folder: Path) -> None:
    path = workbook(folder, s=fields(("Depth", "REAL", None, "Y")))
    with zipfile.ZipFile(path) as archived:
        sheet = archived.read(SHEET)
    assert b'<dimension ref="A1:E4"' in sheet
    shrunk = with_part(folder, SHEET, sheet.replace(b'ref="A1:E4"', b'ref="A1:A2"'))
    path = workbook(folder, s=fields())  # with_part makes it anew
    assert "depth" in only(imported(shrunk)).dataset.by_name
