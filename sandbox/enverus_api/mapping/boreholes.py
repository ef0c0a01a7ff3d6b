"""BSEE's boreholes as of 2025-05-04 and as of 2024-10-08.

The older list has fewer columns: a borehole of 2024 has that list's values where the list has the column,
and the later file's values where it has not (coordinates, depths below the rotary, water depth). Field,
surface area and surface block are only in the older list and hold for both.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.enverus_api.mapping.source import read_delimited
from sandbox.errors import SandboxError

BOREHOLES_FILE = "bsee_boreholes_20250504.csv.gz"
LISTING_FILE = "bsee_api_list_20241008.csv.gz"


class Borehole(NamedTuple):
    """One record of the borehole file, its columns in file order, then what only the older list knows."""

    api_well_number: str
    well_name: str
    well_name_suffix: str
    botm_lease_number: str
    botm_area_code: str
    botm_block_number: str
    company_name: str
    well_spud_date: str
    bh_total_md: str
    well_bore_tvd: str
    well_td_ss: str
    rkb_elevation: str
    well_bp_st_kickoff_md: str
    total_depth_date: str
    borehole_stat_dt: str
    well_type_code: str
    borehole_stat_cd: str
    casing_cut_code: str
    water_depth: str
    undwtr_comp_stub: str
    surf_lease_number: str
    surf_latitude: str
    surf_longitude: str
    botm_latitude: str
    botm_longitude: str
    region_code: str
    botm_fld_name_cd: str = ""
    surf_area_code: str = ""
    surf_block_number: str = ""


_LISTING_ONLY = ("botm_fld_name_cd", "surf_area_code", "surf_block_number")


def read_boreholes() -> tuple[dict[str, Borehole], dict[str, Borehole]]:
    """Boreholes by 12-digit API number as of 2024 and as of 2025."""
    latest = _read_latest()
    earlier: dict[str, Borehole] = {}
    records = read_delimited(LISTING_FILE)
    names = [name.lower() for name in next(records)]
    for record in records:
        listed = dict(zip(names, record, strict=True))
        api = listed["api_well_number"]
        known = {name: listed[name] for name in _LISTING_ONLY}
        latest[api] = latest[api]._replace(**known)
        earlier[api] = latest[api]._replace(**listed)
    return earlier, latest


def _read_latest() -> dict[str, Borehole]:
    records = read_delimited(BOREHOLES_FILE)
    header = [name.lower() for name in next(records)]
    if header != list(Borehole._fields[: len(header)]):
        raise SandboxError(f"{BOREHOLES_FILE} has other columns than expected")
    return {record[0]: Borehole(*record) for record in records}
