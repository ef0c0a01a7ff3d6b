"""`landtrac-leases`: BOEM's active leases in the Gulf as of 2018-05-01, in both vintages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import geopandas
import numpy as np
import shapely

from sandbox.enverus_api.mapping.codes import REGION
from sandbox.enverus_api.mapping.locations import DEGREE_DECIMALS, nad27_to_wgs84
from sandbox.enverus_api.mapping.moments import Window, day, within_day
from sandbox.enverus_api.mapping.source import LEASES_FILE, data_file
from sandbox.enverus_api.mapping.values import NULL, iso
from sandbox.enverus_api.mapping.vintages import VINTAGES, Values
from sandbox.enverus_api.schema import Key, Schema, WireValue
from sandbox.enverus_api.tables import Table

_EPOCH = day(2010, 1, 1)
_AS_OF = day(2018, 5, 1)
_NUMBERS = 100_000  # a lease number has five digits, with or without a letter before them


def load(schema: Schema) -> dict[str, Table]:
    leases = geopandas.read_file(data_file(LEASES_FILE))
    outlines = _outlines(leases.geometry.to_numpy())
    records = leases.drop(columns="geometry").to_dict("records")
    rows = [_row(lease, wkt) for lease, wkt in zip(records, outlines, strict=True)]
    values: dict[Key, Values] = {(lease_id(str(row["RecordNumber"])),): tuple(row.values()) for row in rows}
    return {vintage: Table(schema, tuple(rows[0]), values) for vintage in VINTAGES}


def lease_id(number: str) -> int:
    """`00016` → 16, `G26074` → 726074: the letter's place in the alphabet, then the digits."""
    letter, digits = number[:-5], int(number[-5:])
    return (ord(letter) - ord("A") + 1) * _NUMBERS + digits if letter else digits


def _outlines(polygons: np.ndarray) -> list[str]:
    """NAD27 shapes as WKT in EPSG:4326."""
    transformer = nad27_to_wgs84()
    moved = shapely.transform(polygons, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    return [str(wkt) for wkt in shapely.to_wkt(moved, rounding_precision=DEGREE_DECIMALS)]


def _row(lease: dict[str, Any], wkt: str) -> dict[str, WireValue]:
    effective, expiry = lease["LEASE_EFF_"], lease["LEASE_EXPT"]
    return {
        "UpdatedDate": _updated(lease["LEASE_NUMB"], lease["LSE_STAT_E"]),
        "DeletedDate": NULL,
        "LeaseID": lease_id(lease["LEASE_NUMB"]),
        "RecordNumber": lease["LEASE_NUMB"],
        "EffectiveDate": iso(effective),
        "ExpirationDate": iso(expiry),
        "TermMonths": (expiry.year - effective.year) * 12 + expiry.month - effective.month,
        "Acres": lease["CURRENT_AR"],
        "Royalty": lease["ROYALTY_RA"],
        "ENVRegion": REGION["G"],
        "Country": "US",
        "Geom_Poly": wkt,
    }


def _updated(number: str, status_since: datetime) -> str:
    """When the lease got its present status, if in or after 2010; else spread since then."""
    if _EPOCH <= status_since < _AS_OF:
        return iso(within_day(status_since, number))
    return iso(Window(_EPOCH, _AS_OF).moment(number))
