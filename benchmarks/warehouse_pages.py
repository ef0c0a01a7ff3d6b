"""The statements behind the Warehouse pages, on a small history and on 500 datasets with 100,000 batches.

    .venv/bin/python -m benchmarks.warehouse_pages

Starts a PostgreSQL of its own. Prints the median of each statement on both, and how many times longer the large one
takes: the overview follows the number of datasets, the other pages what they show.
"""

import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
from psycopg.rows import dict_row

from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.schema.migrate import migrate
from enverus_elt.sql import render
from sandbox.stack import Stack

SMALL, LARGE = (5, 10), (500, 200)  # datasets, batches of each
TIMES = 15
STATEMENTS = {
    "overview of all datasets": ("pages/select_datasets.sql", {"dataset": None}),
    "a dataset": ("pages/select_datasets.sql", {"dataset": "d3"}),
    "newest batches of a dataset": ("pages/select_batches.sql", {"dataset": "d3", "before": None, "most": 61}),
    "older batches of a dataset": ("pages/select_batches.sql", {"dataset": "d3", "before": 40, "most": 61}),
    "a batch": ("pages/select_batch.sql", {"dataset": "d3", "batch_id": 3}),
}
FILL = """
INSERT INTO ops.datasets (dataset, dag_id, core_table, title, owner, sla_hours, signoff_policy)
SELECT 'd' || d, 'enverus_d' || d, 'd' || d, 'Dataset ' || d, 'gis-data', 26, 'never'
FROM generate_series(1, %(datasets)s) AS d;
INSERT INTO ops.load_batches (dataset, airflow_run_id, state, window_high, read_at, extracted, staged, quarantined)
SELECT 'd' || d, 'run ' || b, 'archived', now(), now(), 100, 99, 1
FROM generate_series(1, %(batches)s) AS b, generate_series(1, %(datasets)s) AS d;
INSERT INTO ops.run_log
SELECT batch_id, dataset, airflow_run_id, 100, 99, 1, 9, 40, 50, 0, 0, 0, 0, 0, now(), now(), now(), NULL
FROM ops.load_batches;
INSERT INTO ops.quarantine (batch_id, dataset, row_no, object_key, line_no, reason, raw)
SELECT batch_id, dataset, 1, 'an object', 1, 'not a number', '{}' FROM ops.load_batches;
"""


def main() -> None:
    """Fill both, and compare."""
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), ("postgres",), well_known_ports=False) as stack:
        os.environ |= {name: value for name, value in stack.env.items() if name.startswith("AIRFLOW_CONN_")}
        small, large = _measure(stack, *SMALL), _measure(stack, *LARGE)
    print(f"{'':30}{SMALL[0] * SMALL[1]:>12,}{LARGE[0] * LARGE[1]:>12,} batches")
    for name in STATEMENTS:
        ratio = large[name] / small[name]
        print(f"{name:30}{small[name] * 1000:>9.1f} ms{large[name] * 1000:>9.1f} ms{ratio:>8.1f}x")


def _measure(stack: Stack, datasets: int, batches: int) -> dict[str, float]:
    """Seconds of each statement, as the pages' role, in an ops schema made anew."""
    with connect(WAREHOUSE_OWNER) as conn:
        conn.execute("DROP SCHEMA IF EXISTS ops, staging, core, marts CASCADE")
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), ())
        for statement in FILL.strip().split(";\n"):
            conn.execute(statement, {"datasets": datasets, "batches": batches})
        conn.execute("ANALYZE ops.load_batches, ops.run_log, ops.quarantine, ops.datasets")
    with _reader(stack) as conn:
        return {name: _seconds(conn, render(path), values) for name, (path, values) in STATEMENTS.items()}


def _seconds(conn: psycopg.Connection, statement: str, values: dict) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        conn.execute(statement, values).fetchall()
        taken.append(time.perf_counter() - started)
    return median(taken)


@contextmanager
def _reader(stack: Stack) -> Iterator[psycopg.Connection]:
    facts = json.loads(stack.env["AIRFLOW_CONN_WAREHOUSE_READER"])
    names = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}
    with psycopg.connect(**{name: facts[fact] for name, fact in names.items()}, row_factory=dict_row) as conn:
        yield conn


if __name__ == "__main__":
    main()
