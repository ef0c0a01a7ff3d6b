"""Values that nobody has published: made up from a hash of what they are for, so the same on every start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import TypeVar

SYNTHETIC = "SYNTHETIC"  # in a text field of every row that holds such values
_BITS = 64
_Option = TypeVar("_Option")


class Chance:
    """Draws for one thing; `what` names each draw, so that another one beside it changes none."""

    def __init__(self, *identity: object) -> None:
        self._identity = identity

    def share(self, what: str) -> float:
        """From 0 up to, but not including, 1."""
        digest = blake2b(repr((self._identity, what)).encode(), digest_size=_BITS // 8).digest()
        return int.from_bytes(digest) / float(2**_BITS)

    def whole(self, what: str, least: int, greatest: int) -> int:
        return least + int(self.share(what) * (greatest - least + 1))

    def real(self, what: str, least: float, greatest: float, decimals: int = 1) -> float:
        return round(least + self.share(what) * (greatest - least), decimals)

    def days(self, what: str, least: int, greatest: int) -> timedelta:
        return timedelta(days=self.whole(what, least, greatest))

    def pick(self, what: str, options: Sequence[_Option]) -> _Option:
        return options[int(self.share(what) * len(options))]
