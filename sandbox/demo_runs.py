"""Triggers the datasets' DAGs and waits for them and for the marts that follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from rich.console import Console

from sandbox.airflow_client import FINISHED, AirflowClient
from sandbox.errors import SandboxError
from sandbox.progress import Progress

DAGS = ("enverus_wells", "enverus_well_headers", "enverus_production", "enverus_landtrac_leases")
MARTS = "marts_"
LISTING_TIMEOUT = 90.0
RUN_TIMEOUT = 600.0
QUIET_SECONDS = 3.0  # an asset's event becomes a run within a loop of the scheduler


def wait_for_dags(client: AirflowClient, wanted: Iterable[str] = DAGS) -> None:
    """Wait until every one of these DAGs is listed."""
    deadline = time.monotonic() + LISTING_TIMEOUT
    while missing := set(wanted) - client.dag_ids():
        if time.monotonic() > deadline:
            errors = "; ".join(f"{file}: {error}" for file, error in client.import_errors().items())
            raise SandboxError(f"Airflow does not list {', '.join(sorted(missing))}. {errors or 'No import error.'}")
        time.sleep(0.5)


def load(client: AirflowClient, console: Console, run_id: str, title: str) -> None:
    """Run the four DAGs together, and return when they and the marts' runs have ended well.

    Unpausing a DAG also starts its latest scheduled run; that one is waited for too.
    """
    earlier = {run["dag_run_id"] for run in client.latest_runs(MARTS)}
    with Progress(console, title) as progress:
        for dag_id in DAGS:
            client.trigger(dag_id, run_id)
        for dag_id in sorted(client.dag_ids()):
            if dag_id in DAGS or dag_id.startswith(MARTS):
                client.unpause(dag_id)
        _wait(lambda: [_end(client, progress, dag_id, run_id) for dag_id in DAGS], "the datasets' runs")
        _wait(lambda: [not client.active_runs(dag_id) for dag_id in DAGS], "the datasets' scheduled runs")
        _wait(_Quiet(client, progress, earlier), "the marts' runs")


def _wait(ended: Callable[[], list[bool]], what: str) -> None:
    deadline = time.monotonic() + RUN_TIMEOUT
    while not all(ended()):
        if time.monotonic() > deadline:
            raise SandboxError(f"{what} did not end within {RUN_TIMEOUT:.0f} s")
        time.sleep(0.5)


def _end(client: AirflowClient, progress: Progress, dag_id: str, run_id: str) -> bool:
    """Show where a run stands; true when it has succeeded. A failed one ends the demo."""
    state = client.run_state(dag_id, run_id)
    if state == "failed":
        raise SandboxError(f"{dag_id} failed, {client.failure(dag_id, run_id)}")
    if state == "success":
        progress.show(dag_id, "done")
        return True
    tasks = client.tasks(dag_id, run_id)
    active = [f"{task['task_id']} ({task['state']})" for task in tasks if task["state"] not in _NOT_ACTIVE]
    if active:
        progress.show(dag_id, ", ".join(sorted(active)))
    return False


_NOT_ACTIVE = FINISHED | {None, "skipped", "upstream_failed", "removed"}


class _Quiet:
    """True once no run of a mart is active and none has started for a few seconds."""

    def __init__(self, client: AirflowClient, progress: Progress, earlier: set[str]) -> None:
        self._client = client
        self._progress = progress
        self._earlier = earlier
        self._since = time.monotonic()
        self._seen: set[str] = set()

    def __call__(self) -> list[bool]:
        runs = [run for run in self._client.latest_runs(MARTS) if run["dag_run_id"] not in self._earlier]
        ended = [_end(self._client, self._progress, run["dag_id"], run["dag_run_id"]) for run in runs]
        names = {run["dag_run_id"] for run in runs}
        if not all(ended) or names != self._seen:
            self._since = time.monotonic()
            self._seen = names
        return [all(ended), time.monotonic() - self._since >= QUIET_SECONDS]
