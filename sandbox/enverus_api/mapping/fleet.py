"""Rigs: there are none of these. Their kinds are those that drill in such water."""

from __future__ import annotations

from typing import NamedTuple

from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance

_RATED_WATER_FT = {"DRILLSHIP": (7_500, 10_000, 12_000), "JACKUP": (300, 350, 400), "PLATFORM RIG": (0,)}
_CONTRACTORS = 9


class Rig(NamedTuple):
    """A rig's plate."""

    name: str
    contractor: str
    kind: str
    mobility: str
    power: str
    horsepower: int
    water_depth_ft: int


def rig_named(number: int, kind: str) -> Rig:
    chance = Chance("plate", number)
    return Rig(
        name=f"{SYNTHETIC} RIG {number:03d}",
        contractor=f"{SYNTHETIC} DRILLING {chance.whole('contractor', 1, _CONTRACTORS)}",
        kind=kind,
        mobility="FIXED" if kind == "PLATFORM RIG" else "MOBILE",
        power=chance.pick("power", ("AC", "SCR", "MECH")),
        horsepower=chance.pick("horsepower", (2_000, 3_000, 4_000)),
        water_depth_ft=chance.pick("water", _RATED_WATER_FT[kind]),
    )
