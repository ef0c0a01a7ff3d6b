"""The boreholes about which the seven smaller datasets have something to say.

All holes of the wells of which one was spudded in or after 2018, or was permitted, drilling or suspended in either
publication: some 1,700 of 57,000. Read once and shared, for reading the agency's files takes two seconds.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

from sandbox.enverus_api.mapping.boreholes import Borehole, read_boreholes
from sandbox.enverus_api.mapping.locations import Location, locate
from sandbox.enverus_api.mapping.moments import day
from sandbox.enverus_api.mapping.updates import FIRST_AS_OF, SECOND_AS_OF
from sandbox.enverus_api.mapping.values import NULL, from_iso, us_date
from sandbox.enverus_api.mapping.vintages import FIRST, SECOND

AS_OF = {FIRST: FIRST_AS_OF, SECOND: SECOND_AS_OF}
PENDING = frozenset({"APD", "AST", "DRL", "DSI"})
_SINCE = day(2018, 1, 1)


class Hole(NamedTuple):
    """A borehole as one publication has it, with its days as days; `serial` is its place among all holes."""

    facts: Borehole
    place: Location
    serial: int

    @property
    def api(self) -> str:
        return self.facts.api_well_number

    @property
    def status(self) -> str:
        return self.facts.borehole_stat_cd

    @property
    def spud(self) -> datetime | None:
        return stated_day(self.facts.well_spud_date)

    @property
    def reached_depth(self) -> datetime | None:
        return stated_day(self.facts.total_depth_date)

    @property
    def status_since(self) -> datetime | None:
        return stated_day(self.facts.borehole_stat_dt)


def stated_day(us: str) -> datetime | None:
    """`6/30/2000` as a day."""
    return None if (iso := us_date(us)) == NULL else from_iso(iso)


def holes(vintage: str) -> dict[str, Hole]:
    """The selected holes by API number, in its order, as that publication has them."""
    return _both()[vintage]


@cache
def _both() -> dict[str, dict[str, Hole]]:
    earlier, latest = read_boreholes()
    wells = {api[:10] for api in latest if _is_of_interest(latest[api]) or _is_of_interest(earlier.get(api))}
    serials = {api: serial for serial, api in enumerate(sorted(latest)) if api[:10] in wells}
    places = locate({api: latest[api] for api in serials})
    return {
        vintage: {api: Hole(known[api], places[api], serial) for api, serial in serials.items() if api in known}
        for vintage, known in ((FIRST, earlier), (SECOND, latest))
    }


def _is_of_interest(hole: Borehole | None) -> bool:
    if hole is None:
        return False
    spud = stated_day(hole.well_spud_date)
    return hole.borehole_stat_cd in PENDING or (spud is not None and spud >= _SINCE)
