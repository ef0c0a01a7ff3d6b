"""A sheet of a workbook → the schema of a dataset."""

import re
from collections.abc import Iterator

from enverus_elt.onboarding.cells import NO_FORMULA
from enverus_elt.onboarding.datasets import DATASET_ID
from enverus_elt.onboarding.header import Header, Role, find_header
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.schema import Field, Schema
from enverus_elt.onboarding.sheet_fields import RowReader
from enverus_elt.onboarding.sheets import FORMULA, Sheet

MOST_FIELDS = 1_500  # PostgreSQL's tables have at most 1,600 columns, the project's own among them


def read_schema(sheet: Sheet, dataset_id: str | None, problems: Problems) -> Schema | None:
    """The schema; None for a sheet that holds none. What is unclear goes to ``problems``."""
    before = len(problems)
    header = find_header(sheet, problems)
    if header is None or len(problems) > before:
        return None
    notes: list[str] = []
    reader = RowReader(sheet, header, problems)
    fields, key = _fields(sheet, header, reader, notes)
    for cell in (cell for cell in sheet.cells() if cell.kind == FORMULA):
        problems.add(sheet.where(cell), NO_FORMULA)  # also where nothing is read
    if len(fields) > MOST_FIELDS:
        problems.add(sheet.where(f"A{header.row}"), f"{len(fields):,} fields: a table has at most {MOST_FIELDS:,}")
    if header.unread:
        notes.append(f"columns of {sheet.name} that are not read: {', '.join(header.unread)}")
    where = sheet.where(f"A{header.row}")
    dataset_id = dataset_id or _id_of(sheet, problems)
    return Schema(dataset_id, where, fields, key, workbook=problems.file, notes=tuple(notes), unclear=reader.unclear)


def _fields(
    sheet: Sheet, header: Header, reader: RowReader, notes: list[str]
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The fields in the sheet's order, and the key's in the order of their numbers, without any in the sheet's."""
    marked: list[tuple[int, str]] = []
    fields: list[Field] = []
    for row in _field_rows(sheet, header, notes):
        place, field = reader.key_place(row), reader.field(row)
        if field is None:
            continue
        fields.append(field)
        if place is not None:
            marked.append((place, field.source))
            if field.nullable and Role.NULLABLE in header.columns:
                reader.refuse(row, Role.NULLABLE, f"{field.source} is in the key, but nullable: put in N")
    return tuple(fields), tuple(source for _, source in sorted(marked, key=lambda item: item[0]))


def _field_rows(sheet: Sheet, header: Header, notes: list[str]) -> Iterator[int]:
    """The rows below the header that say something of a field: no blank ones, headings or repeated headers."""
    last = header.row
    if merged := sheet.range_at(header.row, header.columns[Role.FIELD]):
        last = merged.last_row
    for row, cells in sheet.rows.items():
        if row <= last or not any(column in cells for column in header.columns.values()):
            continue
        banner = sheet.range_at(row, header.columns[Role.FIELD])
        if banner and banner.holds(row, header.columns[Role.TYPE]):
            heading = next(iter(cells.values()))
            notes.append(f"{sheet.where(banner.address)}: {shown(heading.value)} is taken for a heading, not a field")
        elif header.repeated_in(sheet, row):
            notes.append(f"{sheet.where(f'A{row}')}: the header again, not a field")
        else:
            yield row


def _id_of(sheet: Sheet, problems: Problems) -> str:
    dataset_id = re.sub(r"[\s_]+", "-", sheet.name.strip().lower())
    if not DATASET_ID.fullmatch(dataset_id):
        problems.add(sheet.where("A1"), f"the sheet's name {shown(sheet.name)} is no dataset's id: say --dataset ID")
    return dataset_id
