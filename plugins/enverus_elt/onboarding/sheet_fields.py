"""A row of a schema sheet → a field."""

import re
from collections.abc import Callable
from typing import TypeVar

from enverus_elt.onboarding.cells import UnclearError, count_of, says_yes, something, text_of
from enverus_elt.onboarding.header import Header, Role
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.schema import Field
from enverus_elt.onboarding.sheets import Sheet, address
from enverus_elt.onboarding.sql_types import ShapeType, Size, read_type
from enverus_elt.onboarding.units import read_unit

MOST_BYTES = 63  # of a PostgreSQL identifier; the vendor's names have to fit too, for columns are named after them
LONGEST_UNIT = 40  # characters
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
IS_KEY = ("pk", "primary", "primary key", "p", "key", "pri", "pk fk", "pk/fk", "pk, fk", "fk, pk", "fk/pk")
IS_NO_KEY = ("fk", "foreign", "foreign key", "uk", "unique", "ak", "ix", "index", "mul", "uni")
KEY_PLACE = re.compile(r"(?:pk|primary key)? ?#?([1-9])", re.IGNORECASE)

T = TypeVar("T")


class RowReader:
    """Reads the rows of one sheet below its header; what is unclear goes to ``problems``, cell by cell."""

    def __init__(self, sheet: Sheet, header: Header, problems: Problems) -> None:
        self._sheet = sheet
        self._header = header
        self._problems = problems
        self._refused: set[int] = set()
        self._sources: dict[int, str] = {}
        self._first: dict[str, int] = {}

    @property
    def unclear(self) -> frozenset[str]:
        """The names of fields whose rows hold a problem; the empty name for a row whose field nobody knows."""
        return frozenset(self._sources.get(row, "").casefold() for row in self._refused)

    def field(self, row: int) -> Field | None:
        """The row's field; None where a cell of it is unclear."""
        no_type: str | ShapeType = ""
        field = Field(
            source=self._read(row, Role.FIELD, self._name, ""),
            type=self._read(row, Role.TYPE, lambda text: self._type(row, text), no_type),
            where=self._sheet.where(address(row, self._header.columns[Role.FIELD])),
            nullable=self._nullable(row),
            unit=self._read(row, Role.UNIT, _unit, None),
            description=self._read(row, Role.DESCRIPTION, something, None),
            name=self._read(row, Role.NAME, something, None),
        )
        self._remember(row, field.source)
        return None if row in self._refused else field

    def _remember(self, row: int, source: str) -> None:
        self._sources[row] = source
        if source and (first := self._first.setdefault(source.casefold(), row)) != row:
            place = address(first, self._header.columns[Role.FIELD])
            self.refuse(row, Role.FIELD, f"{source} is in {place} already: delete one of the two rows")

    def key_place(self, row: int) -> int | None:
        """0 for a field that is marked as a part of the key, its place where the mark is a number, else None."""
        return self._read(row, Role.KEY, _key_place, None)

    def refuse(self, row: int, role: Role, what: str) -> None:
        """Remember a problem with the row, at its cell of a role or at the range that the cell is merged into."""
        column = self._header.columns.get(role, self._header.columns[Role.FIELD])
        merged = self._sheet.range_at(row, column)
        self._problems.add(self._sheet.where(merged.address if merged else address(row, column)), what)
        self._refused.add(row)

    def _read(self, row: int, role: Role, meaning: Callable[[str], T], absent: T) -> T:
        """What a cell means; a problem where it has none that is clear, or is merged in a way that has none."""
        if role not in self._header.columns:
            return absent
        cell = self._header.cell(self._sheet, row, role)
        try:
            self._refuse_merged(row, role, cell is not None)
            return meaning(text_of(cell))
        except UnclearError as error:
            self.refuse(row, role, str(error))
            return absent

    def _refuse_merged(self, row: int, role: Role, is_filled: bool) -> None:
        merged = self._sheet.range_at(row, self._header.columns[role])
        if merged is None or not is_filled:
            return
        if merged.first_column < merged.last_column:
            raise UnclearError("merged over several columns: unmerge it")
        if role in (Role.FIELD, Role.KEY, Role.LENGTH, Role.NAME):
            raise UnclearError(f"merged: unmerge it and fill in each field's own {role.value}")

    def _name(self, text: str) -> str:
        if not text:
            raise UnclearError("no field name: put it in, or delete the row")
        if len(text.encode()) > MOST_BYTES:
            raise UnclearError(f"{shown(text)} has {len(text.encode())} bytes: a name has at most {MOST_BYTES}")
        if not FIELD_NAME.fullmatch(text):
            raise UnclearError(f"{shown(text)} is no field name: letters, digits and _ only, a letter first")
        return text

    def _type(self, row: int, text: str) -> str | ShapeType:
        if something(text) is None:
            raise UnclearError("no data type: put it in, or delete the row if it is no field")
        length = self._read(row, Role.LENGTH, lambda given: given.replace(" ", "") or None, None)
        precision = self._read(row, Role.PRECISION, count_of, None)
        return read_type(text, Size(length, precision, self._read(row, Role.SCALE, count_of, None)))

    def _nullable(self, row: int) -> bool | None:
        if Role.REQUIRED in self._header.columns:
            words = ("required", "mandatory", "not null", "m"), ("optional", "null", "o")
            return not self._read(row, Role.REQUIRED, lambda text: says_yes(text, *words), False)
        return self._read(row, Role.NULLABLE, _nullable, None)


def _nullable(text: str) -> bool:
    if something(text) is None:
        raise UnclearError("says neither Y nor N: put one in")
    return says_yes(text, ("null", "nullable", "optional"), ("not null", "required", "mandatory"))


def _key_place(text: str) -> int | None:
    if match := KEY_PLACE.fullmatch(text):
        return int(match[1])
    return 0 if says_yes(text, IS_KEY, IS_NO_KEY) else None


def _unit(text: str) -> str | None:
    """The catalog's unit, or the workbook's own words for one that is not known."""
    if len(text) > LONGEST_UNIT:
        raise UnclearError(f"{shown(text)} is no unit: put one of at most {LONGEST_UNIT} characters in")
    return None if something(text) is None else read_unit(text) or text
