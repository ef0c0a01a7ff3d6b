"""`make demo-files`: a partner hands files in, and what becomes of them: versions, lineage, pictures, rows in core."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from sandbox import demo_report, lake, partner, warehouse
from sandbox.airflow_client import AirflowClient
from sandbox.demo import PLAIN_WIDTH
from sandbox.demo_runs import wait_for_dags
from sandbox.enverus import enverus, findings
from sandbox.environment import LANDING_ZONE
from sandbox.errors import SandboxError
from sandbox.foreground import stop_on_signal
from sandbox.progress import Progress
from sandbox.stack import Stack

LAKE_DAGS = ("landing_zone", "delivery", "lake_versions")
# DAG → its table in core, and the delivery that makes a version of what it is fed by.
FED = {
    "enverus_pipelines": ("pipelines", "eia-pipelines-201606"),
    "enverus_facility_sites": ("facility_sites", "bsee-facilities"),
}
TIMEOUT = 600.0


def demo_files(options: argparse.Namespace) -> int:
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    started = time.monotonic()
    with stop_on_signal():
        console.print("starting PostGIS, object store, Enverus API and Airflow …")
        with Stack(options.state_dir) as stack:
            wrong = _show(stack, console)
            demo_report.print_access(console, stack)
        console.print(f"demo ended after {time.monotonic() - started:.0f} s; the stack is stopped")
    return 1 if wrong else 0


def _show(stack: Stack, console: Console) -> list[str]:
    """Hand in and report; returns what is not as recorded, one line each."""
    enverus(stack.env, "migrate")
    with_files, joins = partner.batches()
    with AirflowClient(stack.env["AIRFLOW_UI_URL"], "admin", stack.settings.secrets["ui_admin"]) as client:
        wait_for_dags(client, (*LAKE_DAGS, *FED))
        earlier = {run["dag_run_id"] for dag_id in FED for run in client.latest_runs(dag_id)}
        for dag_id in FED:
            client.unpause(dag_id)
        for batches, title in ((with_files, "files"), (joins, "a join of what came before")):
            settled = {item.delivery_id for item in lake.deliveries(stack.env, batches) if item.settled}
            for batch_id in batches:
                console.print(_hand_in(stack, batch_id), highlight=False)
            _wait_for_versions(stack.env, console, batches, settled, f"making versions of {title}")
        _run_again(stack.env, client)
        _wait_for_core(client, console, earlier)
    everything = (*with_files, *joins)
    _print_versions(console, lake.assets(stack.env, everything))
    _print_lineage(console, lake.parents(stack.env, everything))
    _print_core(stack.env, console)
    _draw(stack, console, everything)
    wrong = [*findings(stack.env, "lake", "verify"), *findings(stack.env, "audit")]
    for line in wrong:
        console.print(f"wrong: {line}", markup=False, highlight=False, soft_wrap=True)
    if not wrong:
        console.print("[bold green]every object is as recorded, byte for byte, and every record has its object[/]")
    return wrong


def _hand_in(stack: Stack, batch_id: str) -> str:
    """A demo that was interrupted may have left it in the landing zone, where it is processed now."""
    waiting = stack.state.objects / LANDING_ZONE / "manifests" / f"{batch_id}.json"
    return f"{batch_id}: waits since an earlier demo" if waiting.is_file() else partner.hand_in(stack.env, batch_id)


def _wait_for_versions(
    env: Mapping[str, str], console: Console, batches: Sequence[str], settled: set[int], title: str
) -> None:
    """Wait for deliveries that are not among those that were settled before."""
    deadline = time.monotonic() + TIMEOUT
    with Progress(console, title) as progress:
        while True:
            found = [item for item in lake.deliveries(env, batches) if item.delivery_id not in settled]
            for delivery in found:
                if delivery.state == "failed":
                    raise SandboxError(f"the delivery {delivery.batch_id} failed: {delivery.error}")
                progress.show(delivery.batch_id, delivery.state)
            if len(found) == len(batches) and all(delivery.settled for delivery in found):
                return
            if time.monotonic() > deadline:
                raise SandboxError(f"{title}: not done within {TIMEOUT:.0f} s")
            time.sleep(0.5)


def _run_again(env: Mapping[str, str], client: AirflowClient) -> None:
    """A version that is new starts the DAG that loads it; where the lake had it already, the demo does."""
    had = {item.batch_id for item in lake.deliveries(env, partner.batches()[0]) if item.state == "unchanged"}
    for dag_id, (_, batch_id) in FED.items():
        if batch_id in had:
            client.trigger(dag_id, f"demo_files_{datetime.now(UTC):%Y%m%dT%H%M%S}")


def _wait_for_core(client: AirflowClient, console: Console, earlier: set[str]) -> None:
    """Wait until a run of each DAG that files feed has succeeded."""
    deadline = time.monotonic() + TIMEOUT
    waiting = set(FED)
    with Progress(console, "loading what files feed") as progress:
        while waiting:
            for dag_id in sorted(waiting):
                runs = [run for run in client.latest_runs(dag_id) if run["dag_run_id"] not in earlier]
                state = str(runs[0]["state"]) if runs else "waiting for the version's event"
                progress.show(dag_id, state)
                if state == "failed":
                    raise SandboxError(f"{dag_id} failed, {client.failure(dag_id, runs[0]['dag_run_id'])}")
                if state == "success":
                    waiting.discard(dag_id)
            if time.monotonic() > deadline:
                raise SandboxError(f"{', '.join(waiting)}: no run has succeeded within {TIMEOUT:.0f} s")
            time.sleep(0.5)


def _print_versions(console: Console, assets: Sequence[lake.Asset]) -> None:
    table = Table(title="What the data lake holds of it", title_justify="left")
    for title in ("version", "type", "features", "CRS", "bounds", "SHA-256"):
        table.add_column(title, justify="right" if title == "features" else "left")
    for asset in assets:
        bounds = ", ".join(f"{edge:.2f}" for edge in asset.bbox) if asset.bbox else "-"
        features = "-" if asset.feature_count is None else f"{asset.feature_count:,}"
        name = f"{asset.dataset}/v{asset.version}"
        table.add_row(name, asset.type, features, asset.crs or "-", bounds, asset.sha256[:12])
    console.print(table)


def _print_lineage(console: Console, parents: Sequence[lake.Parent]) -> None:
    console.print("\nWhat each was made from")
    for line in parents:
        console.print(f"{line.dataset}/v{line.version} ← {line.parent}", highlight=False, soft_wrap=True)


def _print_core(env: Mapping[str, str], console: Console) -> None:
    console.print("\nWhat files feed")
    for table, _ in FED.values():
        console.print(f"core.{table}: {warehouse.live_rows(env, table):,} rows", highlight=False)


def _draw(stack: Stack, console: Console, batches: Sequence[str]) -> None:
    folder = stack.state.root / "pictures"
    folder.mkdir(exist_ok=True)
    console.print("\nPictures")
    for delivery in lake.deliveries(stack.env, batches):
        said = enverus(stack.env, "lake", "preview", str(delivery.dataset), "--into", str(folder))
        console.print(said.strip(), highlight=False, soft_wrap=True, markup=False)
