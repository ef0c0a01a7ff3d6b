"""When a borehole was permitted: the day the agency states, or a plausible one before the spud.

The agency gives a permit's day only while nothing has come after it. What it does not give is made up, and the same
for every dataset that tells of the permit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sandbox.enverus_api.mapping.chance import Chance
from sandbox.enverus_api.mapping.selection import Hole, holes
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND

PERMITTED = frozenset({"APD", "AST"})
_FIRST_ID = 1_000_000
_VALID_FOR = timedelta(days=365)
_AMENDED = 0.15


class Permit(NamedTuple):
    """A permit's days; `amended` is missing for most."""

    id: int
    number: str
    submitted: datetime
    approved: datetime
    expires: datetime
    amended: datetime | None

    def amended_by(self, moment: datetime) -> datetime | None:
        return self.amended if self.amended and self.amended <= moment else None


def permit_of(api: str) -> Permit | None:
    """The permit to drill this hole; None for the few of which the agency gives no day at all."""
    latest, chance = holes(SECOND)[api], Chance("permit", api)
    approved = _stated(api) or _before_the_spud(latest, chance) or latest.status_since
    if approved is None:
        return None
    amended = approved + chance.days("amended", 5, 60) if chance.share("is amended") < _AMENDED else None
    return Permit(
        id=_FIRST_ID + latest.serial,
        number=f"SYN-{latest.serial:06d}",
        submitted=approved - chance.days("submitted", 15, 60),
        approved=approved,
        expires=approved + _VALID_FOR,
        amended=amended,
    )


def _stated(api: str) -> datetime | None:
    """The day of the status "permitted", in whichever publication; not one that is later than the spud."""
    spud = holes(SECOND)[api].spud
    for vintage in (FIRST, SECOND):
        hole = holes(vintage).get(api)
        if hole and hole.status in PERMITTED and hole.status_since and not (spud and spud < hole.status_since):
            return hole.status_since
    return None


def _before_the_spud(hole: Hole, chance: Chance) -> datetime | None:
    return hole.spud - chance.days("approved", 20, 120) if hole.spud else None
