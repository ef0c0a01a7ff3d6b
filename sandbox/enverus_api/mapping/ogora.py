"""BSEE's OGOR-A monthly production of 2024 as of 2025-02-03 and, restated, as of 2025-04-17."""

from __future__ import annotations

from typing import NamedTuple

from sandbox.enverus_api.mapping.source import data_file, read_delimited
from sandbox.enverus_api.schema import Key
from sandbox.errors import SandboxError

FIRST_FILE = "bsee_ogora_2024_asof20250203.noheader.csv.gz"
SECOND_FILE = "bsee_ogora_2024_asof20250417.noheader.csv.gz"
HEADER_FILE = "bsee_ogora_header.csv"

# ProductionID is a mixed-radix number with the digits (borehole, interval, month), so different rows cannot
# collide and an id can be read back. The largest, of borehole 999999999999, is 3.1e18: it fits a BIGINT
# (9.2e18).
_INTERVALS = 26 * 100  # a letter and two digits, as in S01
_MONTHS = 100 * 12  # from the first year of production in federal water
_FIRST_YEAR = 1947


class Report(NamedTuple):
    """One completion interval in one month; volumes in bbl and Mcf."""

    lease_number: str
    completion_name: str
    production_date: str
    days_on_prod: str
    product_code: str
    mon_o_prod_vol: str
    mon_g_prod_vol: str
    mon_wtr_prod_vol: str
    api_well_number: str
    well_stat_cd: str
    area_code_block_num: str
    operator_num: str
    sort_name: str
    boem_field: str
    injection_volume: str
    prod_interval_cd: str
    first_prod_date: str
    unit_agt_number: str
    unit_aloc_suffix: str

    @property
    def year(self) -> int:
        return int(self.production_date[:4])

    @property
    def month(self) -> int:
        return int(self.production_date[4:])

    @property
    def production_id(self) -> int:
        interval = (ord(self.prod_interval_cd[0]) - ord("A")) * 100 + int(self.prod_interval_cd[1:])
        months = (self.year - _FIRST_YEAR) * 12 + self.month - 1
        return (int(self.api_well_number) * _INTERVALS + interval) * _MONTHS + months


def read_reports(name: str) -> dict[Key, Report]:
    header = [column.lower() for column in data_file(HEADER_FILE).read_text("ascii").strip().split(",")]
    if header != list(Report._fields):
        raise SandboxError(f"{HEADER_FILE} names other columns than expected")
    reports = (Report(*record) for record in read_delimited(name))
    return {(report.production_id,): report for report in reports}
