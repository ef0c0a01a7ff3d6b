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


class Source(Protocol):
    """Counts and reads the rows of one dataset."""

    def now(self) -> datetime:
        """The source's own clock, in UTC."""
        ...

    def count(self, window: Window) -> int:
        """How many rows :meth:`pages` is to deliver by the source's own count."""
        ...

    def pages(self, window: Window) -> Iterator[Page]:
        """The rows of the window, a page at a time."""
        ...
