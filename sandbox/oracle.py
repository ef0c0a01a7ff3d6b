"""What the loads must come to, counted from the agencies' files themselves.

Nothing of the API's mapping is imported here: if the demo only compared the warehouse with what the API
served, rows lost or invented by the API would never show. Values are compared as the files state them,
trimmed, and only where both files state them; a value that does not reach Enverus' columns (the date of a
status other than "abandoned") does not count.
"""

from __future__ import annotations

import csv
import gzip
import struct
import zipfile
from collections import defaultdict
from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sandbox.paths import REPOSITORY

DATA = REPOSITORY / "sandbox" / "data"
Record = dict[str, str]
Key = TypeVar("Key", bound=Hashable)

# Statuses at which a completion ends: its hole was cancelled, or sidetracked and plugged back.
ENDED = frozenset({"CNL", "ST"})
SUPPRESSED = "*****"
ORIGINAL = "ST00BP00"  # neither a sidetrack nor a bypass
WELL_COLUMNS = (
    "WELL_NAME", "WELL_NAME_SUFFIX", "COMPANY_NAME", "BOREHOLE_STAT_CD", "WELL_TYPE_CODE", "BOTM_AREA_CODE",
    "BOTM_BLOCK_NUMBER", "BOTM_LEASE_NUMBER", "WELL_SPUD_DATE", "TOTAL_DEPTH_DATE", "BH_TOTAL_MD",
)  # fmt: skip
# Of a well's original hole. The last two groups are in one of the files only: they differ when it is another
# hole.
HEADER_COLUMNS = (
    "WELL_NAME", "WELL_TYPE_CODE", "SURF_LEASE_NUMBER", "WELL_SPUD_DATE",
    "RKB_ELEVATION", "WATER_DEPTH", "REGION_CODE", "SURF_LATITUDE", "SURF_LONGITUDE",
    "SURF_AREA_CODE", "SURF_BLOCK_NUMBER", "BOTM_FLD_NAME_CD",
)  # fmt: skip
PRODUCTION_KEY = ("API_WELL_NUMBER", "PROD_INTERVAL_CD", "PRODUCTION_DATE")


@dataclass(frozen=True)
class Expected:
    """Rows of the earlier vintage, and what the later one does to them."""

    first: int
    added: int
    changed: int
    dropped: int

    @property
    def live_after(self) -> int:
        """Rows of the later vintage that are not deleted."""
        return self.first + self.added - self.dropped


def count() -> dict[str, Expected]:
    """Expected numbers by dataset."""
    before, after = _boreholes()
    return {
        "wells": _wells(before, after),
        "well-headers": _well_headers(before, after),
        "production": _production(),
        "landtrac-leases": Expected(_shapes("boem_active_leases_gom_20180501.shp.zip"), 0, 0, 0),
    }


def _boreholes() -> tuple[dict[str, Record], dict[str, Record]]:
    """Holes by API number, each with all columns: what one file lacks is the other's."""
    listing, after = _by_api("bsee_api_list_20241008.csv.gz"), _by_api("bsee_boreholes_20250504.csv.gz")
    before = {api: {**after[api], **record} for api, record in listing.items()}
    return before, {api: {**listing.get(api, {}), **record} for api, record in after.items()}


def _wells(before: Mapping[str, Record], after: Mapping[str, Record]) -> Expected:
    dropped = {
        api
        for api in before
        if before[api]["BOREHOLE_STAT_CD"] not in ENDED and after[api]["BOREHOLE_STAT_CD"] in ENDED
    }
    return _compare(
        {api: (*_facts(hole, WELL_COLUMNS), _abandoned(hole)) for api, hole in before.items()},
        {api: (*_facts(hole, WELL_COLUMNS), _abandoned(hole)) for api, hole in after.items()},
        dropped,
    )


def _well_headers(before: Mapping[str, Record], after: Mapping[str, Record]) -> Expected:
    first, second = _headers(before), _headers(after)
    return _compare(first, second, first.keys() - second.keys())


def _headers(holes: Mapping[str, Record]) -> dict[str, tuple[str, ...]]:
    """One well per ten digits: the hole drilled first describes it, that of the latest status says who and how."""
    wells: defaultdict[str, list[Record]] = defaultdict(list)
    for api in sorted(holes):
        wells[api[:10]].append(holes[api])
    headers = {}
    for api, members in wells.items():
        latest = max(members, key=lambda hole: (_sortable(hole["BOREHOLE_STAT_DT"]), hole["API_WELL_NUMBER"]))
        status = (latest["COMPANY_NAME"], latest["BOREHOLE_STAT_CD"], _abandoned(latest))
        original = next((hole for hole in members if hole["WELL_NAME_SUFFIX"] == ORIGINAL), members[0])
        headers[api] = _facts(original, HEADER_COLUMNS) + status
    return headers


def _production() -> Expected:
    names = (DATA / "bsee_ogora_header.csv").read_text().strip().split(",")
    before = _reports("bsee_ogora_2024_asof20250203.noheader.csv.gz", names)
    after = _reports("bsee_ogora_2024_asof20250417.noheader.csv.gz", names)
    return _compare(before, after, before.keys() - after.keys())


def _reports(name: str, names: list[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    records = [dict(zip(names, values, strict=True)) for values in _lines(name)]
    return {_facts(record, PRODUCTION_KEY): tuple(record.values()) for record in records}


def _compare(before: Mapping[Key, object], after: Mapping[Key, object], dropped: AbstractSet[Key]) -> Expected:
    kept = before.keys() - dropped
    changed = sum(before[key] != after[key] for key in kept)
    return Expected(len(before), len(after.keys() - before.keys()), changed, len(dropped))


def _facts(record: Record, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(record.get(column, "") for column in columns)


def _abandoned(hole: Record) -> str:
    """The status date where Enverus has a column for it."""
    return hole["BOREHOLE_STAT_DT"] if hole["BOREHOLE_STAT_CD"] == "PA" else ""


def _sortable(date: str) -> tuple[int, ...]:
    """`6/30/2000` → (2000, 6, 30); an unknown date comes before all."""
    if not date:
        return ()
    month, day, year = map(int, date.split("/"))
    return year, month, day


def _by_api(name: str) -> dict[str, Record]:
    header, *records = _lines(name)
    rows = [dict(zip(header, values, strict=True)) for values in records]
    return {row["API_WELL_NUMBER"]: row for row in rows}


def _lines(name: str) -> list[list[str]]:
    with gzip.open(DATA / name, "rt", encoding="ascii", newline="") as file:
        return [[_clean(value) for value in line] for line in csv.reader(file)]


def _clean(value: str) -> str:
    value = value.strip()
    return "" if value == SUPPRESSED else value


def _shapes(name: str) -> int:
    """Records of a zipped shapefile, from the header of its table: bytes 4 to 7."""
    with zipfile.ZipFile(Path(DATA / name)) as archive:
        table = next(member for member in archive.namelist() if member.lower().endswith(".dbf"))
        return int(struct.unpack_from("<I", archive.read(table), 4)[0])
