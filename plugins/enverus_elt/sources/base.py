"""What every source offers to the extract step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Row = dict[str, Any]
NaturalKey = tuple[str, ...]  # values in the order of the catalog's key, as text


@dataclass(frozen=True)
class Window:
    """The closed range of cursor values that a batch asks for; without ``low`` everything up to ``high``.

    Both are times in UTC. ``high`` is taken once, before the first row is read, and never again. Rows with one
    of ``keys`` are asked for as well, whenever they changed.
    """

    low: datetime | None
    high: datetime
    keys: tuple[NaturalKey, ...] = ()


@dataclass(frozen=True)
class Page:
    """Rows in the order in which they came.

    ``plain`` says that every value is a string, finite number, boolean or null that a CSV can carry, so that the
    extract may skip looking at each.
    """

    rows: list[Row]
    plain: bool


class FaultyRow(dict[str, Any]):
    """A row that its source cannot make what the catalog asks for: which field is at fault, and why."""

    def __init__(self, row: Row, field: str, reason: str) -> None:
        super().__init__(row)
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Origin:
    """The file of a version in the data lake that rows come from, and the digest of its bytes."""

    dataset: str
    version: int
    asset: str
    key: str
    sha256: str


class Source(Protocol):
    """Counts and reads the rows of one dataset."""

    @property
    def origin(self) -> Origin | None:
        """The version in the data lake that is read, where it is one."""
        ...

    def now(self) -> datetime:
        """The source's own clock, in UTC."""
        ...

    def count(self, window: Window) -> int:
        """How many rows :meth:`pages` is to deliver by the source's own count."""
        ...

    def pages(self, window: Window) -> Iterator[Page]:
        """The rows of the window, a page at a time."""
        ...
