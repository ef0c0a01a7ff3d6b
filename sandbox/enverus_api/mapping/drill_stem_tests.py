"""`drill-stem-tests`: flows and recoveries of tests of exploratory holes. No such test was ever made.

The holes are the agency's. Pressures and temperatures follow from the depth, so that they are of the right size and in
the right order.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.enverus_api.mapping import identity
from sandbox.enverus_api.mapping.chance import SYNTHETIC, Chance
from sandbox.enverus_api.mapping.columns import Row, api_of_wellbore
from sandbox.enverus_api.mapping.selection import Hole, holes
from sandbox.enverus_api.mapping.states import tables
from sandbox.enverus_api.mapping.updates import first_updated
from sandbox.enverus_api.mapping.vintages import FIRST
from sandbox.enverus_api.schema import Key, Schema
from sandbox.enverus_api.tables import Table

_EXPLORATORY = "E"
_TESTED, _MISRUN, _REVIEWED, _WITHDRAWN = 0.4, 0.06, 0.05, 0.02
_LEAST_DEPTH_FT = 5_000
_SANDS = tuple(f"{SYNTHETIC} SAND {letter}" for letter in "ABCDEF")
_RECOVERED = ("OIL", "GAS CUT MUD", "MUD", "SALT WATER", "GAS")
_DIGITS = 10  # a test has fewer flows, and a flow fewer recoveries


def load(schema: Schema) -> dict[str, Table]:
    apis: dict[int, str] = {}

    def rows(vintage: str) -> dict[Key, Row]:
        found: dict[Key, Row] = {}
        for hole in holes(vintage).values():
            for row in _tests(hole, reviewed=vintage != FIRST):
                found[tuple(int(row[name] or 0) for name in schema.key)] = row
                apis[int(row["DSTID"] or 0)] = hole.api
        return found

    def stamp(key: Key) -> str:
        api = apis[int(key[1])]
        return first_updated(api, [holes(FIRST)[api].facts])

    def withdrawn(key: Key) -> bool:
        return Chance("dst", key).share("withdrawn") < _WITHDRAWN

    return tables(schema, rows, stamp, withdrawn=withdrawn)


def _tests(hole: Hole, *, reviewed: bool) -> Iterator[Row]:
    """The rows of each test: one a flow and recovery."""
    chance, depth = Chance("dst", hole.api), float(hole.facts.bh_total_md or 0)
    if hole.facts.well_type_code != _EXPLORATORY or depth < _LEAST_DEPTH_FT or chance.share("tested") >= _TESTED:
        return
    for test in range(1, chance.whole("tests", 1, 2) + 1):
        yield from _flows(hole, test, depth, reviewed=reviewed)


def _flows(hole: Hole, test: int, depth: float, *, reviewed: bool) -> Iterator[Row]:
    chance, dst = Chance("dst", hole.api, test), hole.serial * _DIGITS + test
    misrun = chance.share("misrun") < _MISRUN
    about = _about(hole, test, dst, depth, misrun=misrun)
    for flow in range(1, 2 if misrun else chance.whole("flows", 1, 2) + 1):
        pressures = {} if misrun else _pressures(chance, flow, float(about["EndDepth_FT"] or 0), reviewed=reviewed)
        for recovery in range(1, 2 if misrun else chance.whole(f"recoveries {flow}", 1, 2) + 1):
            yield {
                **about,
                "FlowID": dst * _DIGITS + flow,
                "FlowIndex": flow,
                "RecoveryID": (dst * _DIGITS + flow) * _DIGITS + recovery,
                "RecoveryIndex": recovery,
                **dict.fromkeys(_PRESSURES),
                **pressures,
                **_recovered(Chance("dst", hole.api, test, flow, recovery), misrun=misrun),
            }


def _about(hole: Hole, test: int, dst: int, depth: float, *, misrun: bool) -> Row:
    chance = Chance("dst", hole.api, test)
    end = round(depth * chance.real("place", 0.6, 0.98, 3))
    return {
        "WellID": identity.well_id(hole.api),
        **api_of_wellbore(hole.api),
        "DSTID": dst,
        "DSTIndex": test,
        "TestType": chance.pick("type", ("CONVENTIONAL", "STRADDLE")),
        "Formation": chance.pick("sand", _SANDS),
        "StartDepth_FT": float(end - chance.whole("interval", 20, 120)),
        "EndDepth_FT": float(end),
        "DepthReference": "KB",
        "Misrun": "Y" if misrun else "N",
        "Cushion": 500.0,
        "Cushion_UOM": "FT",
        "CushionType": "WATER",
        "TemperatureBH_F": round(70 + end * 0.008, 1),
        "FlowPressure_UOM": "PSI",
        "HeaderComments": SYNTHETIC,
        "Narrative": f"{SYNTHETIC}: no such test was made.",
    }


_PRESSURES = (
    "InitialHydrostaticPressure_PSI",
    "FinalHydrostaticPressure_PSI",
    "InitialFlowPressure_PSI",
    "FinalFlowPressure_PSI",
    "InitialShutInPressure_PSI",
    "FinalShutInPressure_PSI",
    "PressureBH_PSI",
    "ChokeSize",
    "TimeOpen_MIN",
    "TimeShutIn_MIN",
    "TimeToSurface_MIN",
)


def _pressures(chance: Chance, flow: int, depth: float, *, reviewed: bool) -> Row:
    """Mud presses more than the shut-in formation, and that more than the flowing one; a review moves a few."""
    mud = depth * chance.real("mud", 0.47, 0.65, 3)  # psi a foot
    shut_in = mud * chance.real("shut in", 0.6, 0.95, 3)
    if reviewed and chance.share("reviewed") < _REVIEWED:
        shut_in *= 0.98
    flowing = shut_in * chance.real(f"flowing {flow}", 0.1, 0.4, 3)
    minutes = chance.whole(f"open {flow}", 30, 240)
    return {
        "InitialHydrostaticPressure_PSI": round(mud, 1),
        "FinalHydrostaticPressure_PSI": round(mud * 0.995, 1),
        "InitialFlowPressure_PSI": round(flowing, 1),
        "FinalFlowPressure_PSI": round(flowing * chance.real(f"rise {flow}", 1, 1.6, 3), 1),
        "InitialShutInPressure_PSI": round(shut_in, 1),
        "FinalShutInPressure_PSI": round(shut_in * 0.99, 1),
        "PressureBH_PSI": round(shut_in, 1),
        "ChokeSize": chance.pick("choke", (0.25, 0.5, 0.75, 1.0)),
        "TimeOpen_MIN": float(minutes),
        "TimeShutIn_MIN": float(minutes * 2),
        "TimeToSurface_MIN": float(minutes // 3),
    }


def _recovered(chance: Chance, *, misrun: bool) -> Row:
    what = chance.pick("recovered", _RECOVERED)
    return {
        "RecoveredType": "NULL" if misrun else what,
        "RecoveredAmount": None if misrun else chance.real("amount", 10, 900, 0),
        "RecoveredAmount_UOM": "NULL" if misrun else "FT",
        "RecoveryPositionCode": "NULL" if misrun else chance.pick("position", ("CHAMBER", "PIPE")),
        "OilGravity_DEG": chance.real("gravity", 22, 42) if what == "OIL" and not misrun else None,
        "RecoveryComments": SYNTHETIC,
    }
