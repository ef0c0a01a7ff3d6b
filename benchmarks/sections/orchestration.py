"""What a DAG run costs that has nothing new to load, through the real Airflow: scheduler, executor, tasks."""

import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Figure, Run, Way
from benchmarks.report import Section
from enverus_elt.catalog import dag_id
from sandbox.airflow_client import FINISHED, AirflowClient
from sandbox.airflow_settings import ui_url
from sandbox.demo_runs import wait_for_dags
from sandbox.paths import REPOSITORY, VENV
from sandbox.stack import Stack

DATASETS = ("landtrac-leases", "well-headers", "wells")
STEPS = ("extract", "stage", "validate", "sign_off", "merge", "refresh")
TEXT = """From the trigger of a run to its success, with the sandbox's settings and LocalExecutor. Each dataset was
loaded before and nothing has changed since. What is read all the same, the overlap of the window or, of a snapshot,
everything, is staged and validated like any other batch, and none of it changes core."""
COLUMNS = ("way", "median", "spread")
LONGEST = 300  # seconds


def measure(folder: Path, rounds: int) -> Section:
    """Load the datasets, then run them again in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in DATASETS}
    with Stack(folder / "airflow", well_known_ports=False) as stack:
        subprocess.run([VENV / "bin" / "enverus", "migrate"], env=stack.env, cwd=REPOSITORY, check=True)
        settings = stack.settings
        with AirflowClient(ui_url(settings), "admin", settings.secrets["ui_admin"]) as client:
            wait_for_dags(client)
            for name in DATASETS:
                client.unpause(dag_id(name))
                _run(client, dag_id(name), "first-load")
            for number in range(rounds):
                for name in DATASETS:
                    run = _run(client, dag_id(name), f"nothing-new-{number}")
                    print(f"    {name:60} {run.seconds:9.2f} s", flush=True)
                    runs[name].append(run)
    figures = [Figure(Way(name, "", 1), found) for name, found in runs.items()]
    return Section("A run with nothing new", TEXT, figures, [_by_task(figure) for figure in figures], columns=COLUMNS)


def _run(client: AirflowClient, dag: str, run_id: str) -> Run:
    """One run, once the DAG has no other; its value are the seconds of each task, and those before it."""
    _wait(lambda: not client.active_runs(dag))
    started = time.monotonic()
    client.trigger(dag, run_id)
    _wait(lambda: client.run_state(dag, run_id) in FINISHED)
    seconds = time.monotonic() - started
    if client.run_state(dag, run_id) != "success":
        raise SystemExit(f"{dag} failed, {client.failure(dag, run_id)}")
    tasks = {task["task_id"]: task for task in client.tasks(dag, run_id)}
    return Run(seconds, 0, 0, _seconds([tasks[step] for step in STEPS]))


def _wait(ended: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not ended():
        if time.monotonic() > deadline:
            raise SystemExit(f"a run did not end within {LONGEST} s")
        time.sleep(0.1)


def _seconds(tasks: list[dict[str, Any]]) -> dict[str, float]:
    found = {task["task_id"]: _between(task["start_date"], task["end_date"]) for task in tasks}
    gaps = [_between(before["end_date"], task["start_date"]) for before, task in pairwise(tasks)]
    return {**found, "between them": sum(gaps)}


def _between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _by_task(figure: Figure) -> str:
    parts = {part: median(run.value[part] for run in figure.runs) for part in figure.value}
    return f"{figure.way.name}: {', '.join(f'{part} {seconds:.1f} s' for part, seconds in parts.items())}."
