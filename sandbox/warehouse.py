"""What the warehouse says of itself, read with the rights of a reader."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from sandbox.errors import SandboxError

# Dataset → its rows that are live now, and the column its bounding box is taken from.
LIVE = {
    "wells": ("wells", "geom_point"),
    "well-headers": ("well_headers", "geom_point"),
    "production": ("production", None),
    "landtrac-leases": ("landtrac_leases", "geom_poly"),
}
VERSIONED = frozenset({"production"})


@dataclass(frozen=True)
class RunLog:
    """One committed load, as `ops.run_log` has it."""

    batch_id: int
    dataset: str
    extracted: int
    staged: int
    quarantined: int
    inserted: int
    updated: int
    unchanged: int
    stale: int
    duplicate: int
    deleted: int
    absent: int
    failed_expectations: int
    started_at: datetime
    finished_at: datetime
    docs_url: str | None

    @property
    def removed(self) -> int:
        """Rows that the load deleted: those the source says are deleted, and those it no longer has."""
        return self.deleted + self.absent

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Standing:
    """Where a table of core stands."""

    live: int
    total: int
    box: str | None


def connect(env: Mapping[str, str]) -> psycopg.Connection:
    connection = json.loads(env["AIRFLOW_CONN_WAREHOUSE_READER"])
    return psycopg.connect(
        host=connection["host"], port=connection["port"], dbname=connection["schema"],
        user=connection["login"], password=connection["password"],
    )  # fmt: skip


def last_batch(env: Mapping[str, str]) -> int:
    """The newest batch that has been committed, 0 when there is none."""
    with connect(env) as connection:
        row = connection.execute("SELECT coalesce(max(batch_id), 0) FROM ops.run_log").fetchone()
    return int(row[0]) if row else 0


def batch_of_run(env: Mapping[str, str], run_id: str) -> int:
    """The batch that a run has opened."""
    with connect(env) as connection:
        row = connection.execute(
            "SELECT batch_id FROM ops.load_batches WHERE airflow_run_id = %s", (run_id,)
        ).fetchone()
    if row is None:
        raise SandboxError(f"the run {run_id} has opened no batch")
    return int(row[0])


def loads_since(env: Mapping[str, str], batch_id: int) -> list[RunLog]:
    """The loads that were committed after the given one, oldest first."""
    columns = sql.SQL(", ").join(map(sql.Identifier, RunLog.__dataclass_fields__))
    query = sql.SQL("SELECT {} FROM ops.run_log WHERE batch_id > %s ORDER BY batch_id").format(columns)
    with connect(env) as connection, connection.cursor(row_factory=class_row(RunLog)) as cursor:
        return cursor.execute(query, (batch_id,)).fetchall()


def live_rows(env: Mapping[str, str], table: str) -> int:
    """Rows of a table of core that are not deleted."""
    query = sql.SQL("SELECT count(*) FROM core.{} WHERE deleted_at IS NULL").format(sql.Identifier(table))
    with connect(env) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def standings(env: Mapping[str, str]) -> dict[str, Standing]:
    with connect(env) as connection:
        return {dataset: _standing(connection, dataset) for dataset in LIVE}


def _standing(connection: psycopg.Connection, dataset: str) -> Standing:
    table, geometry = LIVE[dataset]
    current = sql.SQL("is_current") if dataset in VERSIONED else sql.SQL("true")
    box: sql.Composable = sql.SQL("NULL")
    if geometry is not None:
        extent = sql.SQL("ST_Extent({}) FILTER (WHERE deleted_at IS NULL)").format(sql.Identifier(geometry))
        box = sql.SQL("({})::text").format(extent)
    query = sql.SQL(
        "SELECT count(*) FILTER (WHERE {current} AND deleted_at IS NULL), count(*), {box} FROM core.{table}"
    ).format(current=current, box=box, table=sql.Identifier(table))
    row = connection.execute(query).fetchone()
    if row is None:
        raise psycopg.DataError("a count has no row")
    live, total, extent = row
    return Standing(live, total, _rounded(extent) if extent else None)


def _rounded(box: str) -> str:
    """`BOX(-178.292364 25.9470737,-67.2 71.8)` → `-178.29 25.95, -67.20 71.80`: west south, east north."""
    west, south, east, north = (float(number) for number in re.findall(r"-?[\d.]+", box))
    return f"{west:.2f} {south:.2f}, {east:.2f} {north:.2f}"
