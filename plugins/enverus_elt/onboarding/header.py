"""Which row of a sheet names its columns, and which column says what: analysts agree on neither."""

import re
from dataclasses import dataclass
from enum import StrEnum

from enverus_elt.onboarding.cells import UnclearError, text_of
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.sheets import FORMULA, Cell, Sheet

LAST_HEADER_ROW = 100


class Role(StrEnum):
    """What a column of a schema sheet says of a field."""

    FIELD = "field name"
    TYPE = "data type"
    KEY = "key"
    NULLABLE = "nullable"
    REQUIRED = "required"
    UNIT = "unit"
    LENGTH = "length"
    PRECISION = "precision"
    SCALE = "scale"
    DESCRIPTION = "description"
    NAME = "warehouse name"


# Spellings by role, the surest first: 'Name' is a field's only where no column is a 'Field Name'.
SYNONYMS: dict[Role, tuple[tuple[str, ...], ...]] = {
    Role.FIELD: (
        ("field name", "column name", "attribute name", "source field", "source column", "vendor field", "api field"),
        ("field", "column", "attribute", "fields", "columns", "attributes", "data element", "element"),
        ("name",),
    ),
    Role.TYPE: (
        ("data type", "datatype", "sql type", "sql data type", "sql server type", "postgresql type", "postgres type"),
        ("column type", "field type", "db type", "database type"),
        ("type",),
    ),
    Role.KEY: (("primary key", "pk", "is primary key", "is pk"), ("key", "keys", "key type", "pk fk")),
    Role.NULLABLE: (
        ("nullable", "is nullable", "allow nulls", "allows nulls", "allow null", "nulls allowed", "null allowed"),
        ("null", "nulls"),
    ),
    Role.REQUIRED: (("required", "is required", "mandatory", "is mandatory", "not null"),),
    Role.UNIT: (("unit of measure", "units of measure", "uom", "unit uom", "units uom"), ("unit", "units")),
    Role.LENGTH: (
        ("max length", "maximum length", "character maximum length", "field length", "column length", "text length"),
        ("length", "len", "size"),
    ),
    Role.PRECISION: (("precision", "numeric precision"),),
    Role.SCALE: (("scale", "numeric scale"),),
    Role.DESCRIPTION: (
        ("description", "field description", "column description", "definition", "business definition", "meaning"),
        ("comment", "comments", "remark", "remarks", "note", "notes"),
    ),
    Role.NAME: (("warehouse name", "warehouse column", "target column", "target name", "postgis name"),),
}
SPELLINGS = {
    spelling: (role, rank)
    for role, ranks in SYNONYMS.items()
    for rank, spellings in enumerate(ranks)
    for spelling in spellings
}
NEEDED = (Role.FIELD, Role.TYPE)


@dataclass(frozen=True)
class Header:
    """The row below which the fields stand, and the column of each role that the sheet has."""

    row: int
    columns: dict[Role, int]
    unread: tuple[str, ...]

    def cell(self, sheet: Sheet, row: int, role: Role) -> Cell | None:
        """What a row says in a role."""
        column = self.columns.get(role)
        return None if column is None else sheet.at(row, column)

    def repeated_in(self, sheet: Sheet, row: int) -> bool:
        """Whether the row is the header again, as on sheets that were made for printing."""
        return all(_spelling(self.cell(sheet, row, role)) == _spelling(self.cell(sheet, self.row, role))
                   for role in NEEDED)  # fmt: skip


def find_header(sheet: Sheet, problems: Problems) -> Header | None:
    """The header; None where no row looks like one.

    A row that is half a header is a problem, and so is one with two columns for the same thing: without a header that
    is clear, no cell below it is.
    """
    candidates = {row: _roles(sheet, row) for row in sheet.rows if row <= LAST_HEADER_ROW}
    row = next((row for row, roles in candidates.items() if all(role in roles for role in NEEDED)), None)
    if row is not None:
        return _header(sheet, row, candidates[row], problems)
    row, roles = max(candidates.items(), key=lambda item: len(item[1]), default=(0, {}))
    if _is_half_a_header(roles):
        missing = " and ".join(f"a {role.value!r} column" for role in NEEDED if role not in roles)
        problems.add(sheet.where(f"A{row}"), f"the header lacks {missing}: name it so")
    return None


def _is_half_a_header(roles: dict[Role, list[tuple[int, Cell]]]) -> bool:
    """Not the head of a legend or a list of people, whose columns have names like ``Key`` and ``Name``."""
    names_fields = any(rank < len(SYNONYMS[Role.FIELD]) - 1 for rank, _ in roles.get(Role.FIELD, ()))
    return len(roles) > (1 if names_fields else 2)


def _roles(sheet: Sheet, row: int) -> dict[Role, list[tuple[int, Cell]]]:
    """The cells of a row that may name each role, with their rank."""
    found: dict[Role, list[tuple[int, Cell]]] = {}
    for cell in sheet.rows[row].values():
        if (known := SPELLINGS.get(_spelling(cell))) is not None:
            found.setdefault(known[0], []).append((known[1], cell))
    return found


def _header(sheet: Sheet, row: int, roles: dict[Role, list[tuple[int, Cell]]], problems: Problems) -> Header:
    columns = {}
    for role, ranked in roles.items():
        best = min(rank for rank, _ in ranked)
        cells = [cell for rank, cell in ranked if rank == best]
        columns[role] = cells[0].column
        if len(cells) > 1:
            places = ", ".join(f"{cell.address} {shown(cell.value)}" for cell in cells)
            problems.add(sheet.where(cells[0]), f"more than one {role.value!r} column ({places}): rename all but one")
        merged = sheet.range_at(row, cells[0].column)
        if merged and merged.first_column < merged.last_column:
            problems.add(sheet.where(merged.address), "a header cell over several columns: unmerge it")
    if {Role.NULLABLE, Role.REQUIRED} <= columns.keys():
        place = sheet.rows[row][columns[Role.REQUIRED]]
        problems.add(sheet.where(place), "a 'nullable' and a 'required' column: leave one of them")
    unread = [cell for cell in sheet.rows[row].values() if cell.column not in columns.values()]
    return Header(row, columns, tuple(f"{shown(cell.value)} ({cell.address})" for cell in unread))


def _spelling(cell: Cell | None) -> str:
    """A header's words alone: ``* Data_Type (SQL Server):`` is ``data type``."""
    if cell is None or cell.kind == FORMULA:
        return ""
    try:
        text = text_of(cell)
    except UnclearError:
        return ""
    text = re.sub(r"\([^)]*\)", " ", text.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", text).split())
