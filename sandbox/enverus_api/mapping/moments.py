"""Moments that the agencies do not publish, derived so that the same row always gets the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

_HASH_BITS = 64


@dataclass(frozen=True)
class Window:
    """A span of time, [start, end), over which rows are spread evenly by a hash of their identity."""

    start: datetime
    end: datetime

    def moment(self, *identity: object) -> datetime:
        """A moment of the window to the second."""
        digest = blake2b(repr(identity).encode(), digest_size=_HASH_BITS // 8).digest()
        seconds = int((self.end - self.start).total_seconds())
        return self.start + timedelta(seconds=int.from_bytes(digest) * seconds >> _HASH_BITS)


def day(year: int, month: int, dayofmonth: int) -> datetime:
    """Midnight UTC, without a zone as on the wire."""
    return datetime(year, month, dayofmonth)  # noqa: DTZ001


def within_day(midnight: datetime, *identity: object) -> datetime:
    return Window(midnight, midnight + timedelta(days=1)).moment(*identity)
