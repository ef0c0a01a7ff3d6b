"""What a removal is: one edit that takes a guard out, and the test that must then be red."""

from typing import NamedTuple


class Removal(NamedTuple):
    """``old`` stands once in ``path``; with ``new`` in its place ``test`` fails."""

    guard: str
    path: str
    old: str
    new: str
    test: str
