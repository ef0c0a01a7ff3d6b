"""`production`: one row per borehole, producing interval and month."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta

from sandbox.enverus_api.mapping import codes, identity
from sandbox.enverus_api.mapping.moments import Window, day
from sandbox.enverus_api.mapping.ogora import FIRST_FILE, SECOND_FILE, Report, read_reports
from sandbox.enverus_api.mapping.values import compact_month, iso, number, text
from sandbox.enverus_api.mapping.vintages import Change, Values, two_vintages
from sandbox.enverus_api.schema import Schema, WireValue
from sandbox.enverus_api.tables import Table

MCF_PER_BOE = 6.0
RATE_DECIMALS = 4
_REPORTED_AFTER = timedelta(days=45)  # operators have a month and a half to report
_REPORTED_WITHIN = timedelta(days=20)  # give or take
_FIRST_CLOSED = day(2025, 1, 31)
_RESTATED = Window(day(2025, 2, 4), day(2025, 4, 17))


def load(schema: Schema) -> dict[str, Table]:
    earlier, latest = read_reports(FIRST_FILE), read_reports(SECOND_FILE)
    before = {key: (_first_updated(report), _values(report)) for key, report in earlier.items()}
    after = {key: _values(report) for key, report in latest.items()}
    change = Change(
        window=_RESTATED,
        # Any column counts, also one without a counterpart at Enverus: the agency's record was touched.
        revised=lambda key: earlier[key] != latest[key],
        withdrawn=lambda key: key not in latest,
    )
    columns = tuple(_row(next(iter(latest.values()))))
    return two_vintages(schema, columns, before, after, change)


def _first_updated(report: Report) -> str:
    month_end = day(report.year, report.month, _days_in_month(report))
    due = month_end + _REPORTED_AFTER
    start = min(due - _REPORTED_WITHIN, _FIRST_CLOSED - _REPORTED_WITHIN)
    end = min(due + _REPORTED_WITHIN, _FIRST_CLOSED)
    return iso(Window(start, end).moment(report.production_id))


def _days_in_month(report: Report) -> int:
    return monthrange(report.year, report.month)[1]


def _values(report: Report) -> Values:
    return tuple(_row(report).values())


def _row(report: Report) -> dict[str, WireValue]:
    return {**_identifiers(report), **_volumes(report), **_rates(report)}


def _identifiers(report: Report) -> dict[str, WireValue]:
    api = report.api_well_number
    return {
        "ProductionID": report.production_id,
        "WellID": identity.well_id(api),
        "CompletionID": identity.completion_id(api),
        "API_UWI": identity.dashed(api[:10]),
        "API_UWI_Unformatted": api[:10],
        "API_UWI_14": identity.dashed(identity.api14(api)),
        "API_UWI_14_Unformatted": identity.api14(api),
        "ENVInterval": report.prod_interval_cd,
        "ProducingMonth": compact_month(report.production_date),
        "ProducingOperator": text(report.sort_name),
        "StateProvince": codes.STATE[api[:2]],
        "Country": "US",
    }


def _volumes(report: Report) -> dict[str, WireValue]:
    """The month's volumes. What was injected is not said: hence `InjectionOther_BBL`."""
    oil, gas, water = _reported(report)
    return {
        "ProducingDays": float(report.days_on_prod),
        "LiquidsProd_BBL": oil,
        "Prod_OilBBL": oil if report.product_code == "O" else None,
        "Prod_CondensateBBL": oil if report.product_code == "G" else None,
        "GasProd_MCF": gas,
        "RepGasProd_MCF": gas,
        "WaterProd_BBL": water,
        "InjectionOther_BBL": number(report.injection_volume),
        "Prod_BOE": round(oil + gas / MCF_PER_BOE, RATE_DECIMALS),
        "Prod_MCFE": gas + oil * MCF_PER_BOE,
    }


def _rates(report: Report) -> dict[str, WireValue]:
    """Volumes by calendar day (CD) and by producing day (PD); no producing day, no rate."""
    oil, gas, water = _reported(report)
    calendar_days, producing_days = _days_in_month(report), int(report.days_on_prod)
    return {
        "CDLiquids_BBLPerDAY": _rate(oil, calendar_days),
        "CDGas_MCFPerDAY": _rate(gas, calendar_days),
        "CDWater_BBLPerDAY": _rate(water, calendar_days),
        "PDLiquids_BBLPerDAY": _rate(oil, producing_days),
        "PDGas_MCFPerDAY": _rate(gas, producing_days),
        "PDWater_BBLPerDAY": _rate(water, producing_days),
    }


def _reported(report: Report) -> tuple[float, float, float | None]:
    """Oil, gas and water; the first publication leaves one row's water blank."""
    return float(report.mon_o_prod_vol), float(report.mon_g_prod_vol), number(report.mon_wtr_prod_vol)


def _rate(volume: float | None, days: int) -> float | None:
    return round(volume / days, RATE_DECIMALS) if days and volume is not None else None
