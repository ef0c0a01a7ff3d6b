"""Identifiers of wells. Enverus' surrogate ids are its own; these are derived from the public API number.

An API number reads state (2), county (3), well (5), borehole (2): `17-710-41445-02`.
"""

from __future__ import annotations

ORIGINAL_COMPLETION = "00"
SANDBOX_COMPLETION = "01"


def well_id(api12: str) -> int:
    return int(api12[:10])


def wellbore_id(api12: str) -> int:
    return int(api12)


def completion_id(api12: str) -> int:
    """The agency's file does not split boreholes into completions, so every borehole has one, numbered 01."""
    return int(api12 + SANDBOX_COMPLETION)


def api14(api12: str) -> str:
    return api12 + ORIGINAL_COMPLETION


def dashed(api: str) -> str:
    """`177104144502` → `17-710-41445-02`, for 10, 12 or 14 digits."""
    pairs = [api[start : start + 2] for start in range(10, len(api), 2)]
    return "-".join([api[:2], api[2:5], api[5:10], *pairs])
