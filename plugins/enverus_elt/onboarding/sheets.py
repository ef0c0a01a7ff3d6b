"""A sheet as it was read: its filled cells by place, and what is merged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter, range_boundaries

from enverus_elt.onboarding.problems import shown

Value = str | int | float | bool | datetime | date | time | timedelta
FORMULA, ERROR = "f", "e"


class Cell(NamedTuple):
    """A filled cell; ``kind`` is Excel's, of which only formula and error values matter here."""

    row: int
    column: int
    value: Value
    kind: str

    @property
    def address(self) -> str:
        """``B17``."""
        return address(self.row, self.column)


class Range(NamedTuple):
    """A merged range; only its first cell shows a value."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    @classmethod
    def of(cls, reference: str) -> "Range":
        """From ``A1:E1``; raises ValueError where it is none."""
        bounds = range_boundaries(reference)
        if None in bounds:
            raise ValueError(f"{reference} is no range of cells")
        return cls(*(int(bound) for bound in bounds if bound is not None))

    @property
    def address(self) -> str:
        """``A1:E1``."""
        return f"{address(self.first_row, self.first_column)}:{address(self.last_row, self.last_column)}"

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell is one of the range's."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass(frozen=True)
class Sheet:
    """The filled cells of one sheet in the order of its rows."""

    name: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[Range, ...]

    def where(self, place: Any) -> str:
        """``wells!B17``, for a message."""
        name = self.name if re.fullmatch(r"[\w-]+", self.name) else shown(self.name)
        return f"{name}!{place if isinstance(place, str) else place.address}"

    def range_at(self, row: int, column: int) -> Range | None:
        """The merged range that the cell is a part of."""
        return next((merged for merged in self._merged_in.get(row, ()) if merged.holds(row, column)), None)

    @cached_property
    def _merged_in(self) -> dict[int, list[Range]]:
        """The merged ranges of each filled row."""
        return {row: [m for m in self.merged if m.first_row <= row <= m.last_row] for row in self.rows}

    def at(self, row: int, column: int) -> Cell | None:
        """What a reader of the sheet sees in a cell: of a merged range its first cell's value."""
        merged = self.range_at(row, column)
        return self.rows.get(merged.first_row if merged else row, {}).get(merged.first_column if merged else column)

    def cells(self) -> Iterator[Cell]:
        """All filled cells."""
        for row in self.rows.values():
            yield from row.values()


def address(row: int, column: int) -> str:
    """``B17``."""
    return f"{get_column_letter(column)}{row}"
