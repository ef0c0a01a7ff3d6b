"""When rows of `wells` and `well-headers` were last updated: the agency publishes no such date."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.enverus_api.mapping.boreholes import Borehole
from sandbox.enverus_api.mapping.moments import Window, day, within_day
from sandbox.enverus_api.mapping.values import NULL, from_iso, iso, us_date

_EPOCH = day(2010, 1, 1)
FIRST_AS_OF = day(2024, 10, 8)
SECOND_AS_OF = day(2025, 5, 4)

# Both ends leave the first vintage's newest row more than a day behind.
BOREHOLE_CHANGES = Window(day(2024, 10, 10), SECOND_AS_OF)


def first_updated(identity: str, holes: Iterable[Borehole]) -> str:
    """The latest date the holes state, if in or after 2010; else spread since then."""
    stated = [
        us_date(value)
        for hole in holes
        for value in (hole.well_spud_date, hole.total_depth_date, hole.borehole_stat_dt)
    ]
    latest = max((value for value in stated if value != NULL), default=NULL)
    if latest != NULL and _EPOCH <= from_iso(latest) < FIRST_AS_OF:
        return iso(within_day(from_iso(latest), identity))
    return iso(Window(_EPOCH, FIRST_AS_OF).moment(identity))
