"""Core held against the rows that the API itself serves, read here without the pipeline's own code."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import shapely

from enverus_elt.catalog import Dataset
from tests.services.site import Site

Rows = dict[Any, dict[str, Any]]

BASE = "v3/direct-access"


def truth(site: Site, dataset: Dataset) -> Rows:
    """What core should hold by key: the newest of the rows served, and of equally new ones the last."""
    newest: Rows = {}
    for row in sorted(served(site, dataset), key=lambda row: str(row["UpdatedDate"])):
        values = {column.name: _value(row.get(column.source), column.type) for column in dataset.columns}
        values |= {shape.name: _shape(row.get(shape.source), shape.multi) for shape in dataset.geometry}
        newest[_key(dataset, values)] = {**values, "deleted_at": values[str(dataset.load.deleted)]}
    return newest


def core(site: Site, dataset: Dataset) -> Rows:
    """What core holds by key, without what it adds of its own; rows that a snapshot has lost are not held any more."""
    shapes = {f"st_astext({shape.name}) AS {shape.name}" for shape in dataset.geometry}
    columns = ", ".join([*(f'"{column.name}"' for column in dataset.columns), *sorted(shapes), "deleted_at"])
    rows = site.rows(
        f"SELECT {columns} FROM core.{dataset.table} WHERE deleted_at IS NULL OR {dataset.load.deleted} IS NOT NULL"
    )
    for row in rows:
        row |= {shape.name: _shape(row[shape.name], shape.multi) for shape in dataset.geometry}
    held = {_key(dataset, row): row for row in rows}
    assert len(held) == len(rows)
    return held


def standing(site: Site, dataset: Dataset) -> dict[str, Any]:
    """Everything a load may change, to the last column: core, the watermark, the run log."""
    return {
        "core": site.rows(f"SELECT c::text AS row FROM core.{dataset.table} AS c ORDER BY objectid"),
        "watermark": site.rows("SELECT * FROM ops.extract_watermarks"),
        "run log": site.rows("SELECT * FROM ops.run_log ORDER BY batch_id"),
    }


def served(site: Site, dataset: Dataset) -> list[dict[str, Any]]:
    """All rows of the source, on one page, in the order in which they come."""
    key = json.loads(site.env["AIRFLOW_CONN_ENVERUS"])["password"]
    with httpx.Client(base_url=f"{site.api}/{BASE}", timeout=60) as client:
        token = client.post("tokens", json={"secretKey": key}).raise_for_status().json()["token"]
        headers = {"Authorization": f"bearer {token}"}
        answer = client.get(dataset.source.path, params={"pagesize": 100_000}, headers=headers)
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    return rows


def _key(dataset: Dataset, values: dict[str, Any]) -> Any:
    return tuple(values[name] for name in dataset.load.key)


def _value(value: Any, sql_type: str) -> Any:
    """A value of the wire as psycopg reads it back from a column of the type."""
    if value in {None, "NULL"}:
        return None
    if sql_type.startswith("timestamp"):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if sql_type == "timestamptz" else moment
    return float(value) if sql_type == "double precision" else value


def _shape(text: str | None, multi: bool) -> str | None:
    if text in {None, "NULL"}:
        return None
    shape = shapely.from_wkt(text)
    return str(shapely.multipolygons([shape]) if multi and shape.geom_type == "Polygon" else shape)
