"""`make demo`: two vintages of real data through the whole pipeline, checked against the source files."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
from rich.console import Console

from sandbox import checks, demo_report, demo_runs, demo_signoff, oracle, warehouse
from sandbox.airflow_client import AirflowClient
from sandbox.enverus import enverus, findings
from sandbox.errors import SandboxError
from sandbox.foreground import stop_on_signal
from sandbox.ports import HOST
from sandbox.stack import Stack

VINTAGES = (checks.FIRST, checks.SECOND)
PLAIN_WIDTH = 120  # in a log file; a terminal has its own


def demo(options: argparse.Namespace) -> int:
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    started = time.monotonic()
    with stop_on_signal():
        console.print("starting PostGIS, object store, Enverus API and Airflow …")
        with Stack(options.state_dir) as stack:
            wrong = _show(stack, console)
            if options.signoff and not wrong:
                demo_signoff.wait_for_signature(stack, console)
            demo_report.print_access(console, stack)
        console.print(f"demo ended after {time.monotonic() - started:.0f} s; the stack is stopped")
    return 1 if wrong else 0


def _show(stack: Stack, console: Console) -> list[str]:
    """Load and report; returns what does not add up, one line each."""
    expected = oracle.count()
    enverus(stack.env, "migrate")
    wrong: list[str] = []
    url = stack.env["AIRFLOW_UI_URL"]
    with AirflowClient(url, "admin", stack.settings.secrets["ui_admin"]) as client:
        demo_runs.wait_for_dags(client)
        for vintage in VINTAGES:
            wrong += _load(stack, client, console, vintage, expected)
    standings = warehouse.standings(stack.env)
    demo_report.print_core(console, standings, expected)
    demo_report.print_docs(console, warehouse.loads_since(stack.env, 0))
    wrong += checks.of_core(expected, standings)
    wrong += findings(stack.env, "audit")
    demo_report.print_verdict(console, wrong)
    return wrong


def _load(
    stack: Stack,
    client: AirflowClient,
    console: Console,
    vintage: str,
    expected: Mapping[str, oracle.Expected],
) -> list[str]:
    _serve(stack, vintage)
    before = warehouse.standings(stack.env)
    last_batch = warehouse.last_batch(stack.env)
    run_id = f"demo_{vintage}_{datetime.now(UTC):%Y%m%dT%H%M%S}"
    demo_runs.load(client, console, run_id, f"loading the data as published in {vintage}")
    loads = warehouse.loads_since(stack.env, last_batch)
    demo_report.print_loads(console, vintage, loads)
    return [
        line
        for dataset, numbers in expected.items()
        for line in checks.of_loads(
            dataset, vintage, before[dataset].live, numbers, [load for load in loads if load.dataset == dataset]
        )
    ]


def _serve(stack: Stack, vintage: str) -> None:
    """Have the Enverus API serve the data as it was published in that year."""
    address = f"http://{HOST}:{stack.settings.ports['api']}/sandbox/vintage"
    token = json.loads(stack.env["AIRFLOW_CONN_ENVERUS"])["password"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.put(address, json={"vintage": vintage}, headers=headers, timeout=60, trust_env=False)
    if not answer.is_success:
        raise SandboxError(f"the Enverus API did not take vintage {vintage}: HTTP {answer.status_code}")
