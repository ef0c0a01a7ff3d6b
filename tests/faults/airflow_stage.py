"""A running Airflow whose tasks can be held in their merge, found as processes, and tried again without waiting."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from sandbox import airflow_settings, processes
from sandbox.airflow_client import FINISHED, AirflowClient
from sandbox.errors import SandboxError
from sandbox.paths import REPOSITORY, VENV
from sandbox.ports import HOST
from sandbox.stack import Stack

DATASET, DAG = "landtrac-leases", "enverus_landtrac_leases"
# A supervisor that is gone is noticed by the heartbeats that its task no longer sends: within minutes by default.
PACE = {
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "12",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
}
PATIENCE = 120.0
RETRY = "up_for_retry"


class Stage:
    """The stack, and one dataset's DAG in it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        url = stack.env["AIRFLOW_UI_URL"].rstrip("/")
        self.client = AirflowClient(url, "admin", stack.settings.secrets["ui_admin"])
        wait_until(lambda: DAG in self.client.dag_ids(), "the DAG to appear")
        self.client.unpause(DAG)

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Start everything, with heartbeats that are missed soon."""
        with pytest.MonkeyPatch.context() as patch:
            pace = {**airflow_settings._pace(), **PACE}
            patch.setattr(airflow_settings, "_pace", lambda: pace)
            with Stack(folder, well_known_ports=False) as stack:
                migrate = [str(VENV / "bin" / "enverus"), "migrate"]
                subprocess.run(migrate, env=stack.env, cwd=REPOSITORY, check=True, capture_output=True)
                yield cls(stack)

    def change(self, *upsert: dict[str, Any], delete: list[dict[str, Any]]) -> None:
        """Change rows of the source."""
        key = json.loads(self._stack.env["AIRFLOW_CONN_ENVERUS"])["password"]
        address = f"http://{HOST}:{self._stack.settings.ports['api']}/sandbox/rows/{DATASET}"
        headers = {"Authorization": f"Bearer {key}"}
        httpx.post(address, json={"upsert": list(upsert), "delete": delete}, headers=headers).raise_for_status()

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the warehouse."""
        with self._connect("warehouse") as conn:
            return conn.execute(query.encode()).fetchall()

    @contextmanager
    def holding_merges(self) -> Iterator[None]:
        """Hold what every merge of the dataset waits for."""
        with self._connect("warehouse") as conn:
            conn.execute("SELECT pg_advisory_lock(hashtext('enverus_elt'), hashtext(%s))", (DATASET,))
            yield

    def waiting_merges(self) -> int:
        """How many merges are held."""
        (row,) = self.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return int(row["count"])

    def held_merge(self, run_id: str) -> int:
        """Wait until the run's merge is held; returns its process."""
        waited_for = self.waiting_merges()
        pids: list[int] = []

        def is_held() -> bool:
            task = self.task(run_id, "merge")
            pids[:] = [pid for pid in processes.parents() if processes.command_line(pid).endswith(f"-- {task['id']}")]
            return len(pids) == 1 and self.waiting_merges() > waited_for

        wait_until(is_held, f"the merge of {run_id} to be held")
        return pids[0]

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        """A task as Airflow sees it now."""
        return next(task for task in self.client.tasks(DAG, run_id) if task["task_id"] == task_id)

    def try_again(self, run_id: str, task_id: str) -> None:
        """Wait until Airflow means to try the task again, and have it do so without its pause."""
        wait_until(lambda: self.task(run_id, task_id)["state"] == RETRY, f"{task_id} of {run_id} to be tried again")
        body = {"dry_run": False, "only_failed": False, "dag_run_id": run_id, "task_ids": [task_id]}
        self.client._call("POST", f"/dags/{DAG}/clearTaskInstances", json=body)

    def end_of(self, run_id: str) -> str:
        """Wait for the end of the run, trying again what is to be tried again; returns the run's state."""
        state = ""

        def has_ended() -> bool:
            nonlocal state
            for task in self.client.tasks(DAG, run_id):
                if task["state"] == RETRY:
                    self.try_again(run_id, task["task_id"])
            state = self.client.run_state(DAG, run_id)
            return state in FINISHED

        wait_until(has_ended, f"{run_id} to end")
        return state

    def take_metadata_away(self) -> None:
        """Let nobody into Airflow's own database, and end all who are."""
        with self._connect("postgres") as conn:
            conn.execute("ALTER DATABASE airflow ALLOW_CONNECTIONS false")
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'airflow'")

    def bring_metadata_back(self) -> None:
        """Let everybody in again."""
        with self._connect("postgres") as conn:
            conn.execute("ALTER DATABASE airflow ALLOW_CONNECTIONS true")

    def _connect(self, database: str) -> psycopg.Connection[dict[str, Any]]:
        settings = self._stack.settings
        secret, port = settings.secrets["postgres_superuser"], settings.ports["postgres"]
        address = make_conninfo(host=HOST, port=port, user="postgres", password=secret, dbname=database)
        return psycopg.connect(address, autocommit=True, row_factory=dict_row)


def kill(pid: int) -> None:
    """Kill a process as nothing can be caught."""
    os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Poll until the condition holds; an Airflow that does not answer at the moment is asked again."""
    deadline, last = time.monotonic() + PATIENCE, ""
    while True:
        try:
            if condition():
                return
        except SandboxError as error:
            last = str(error)
        assert time.monotonic() < deadline, f"waited in vain for {what}; {last}"
        time.sleep(0.2)
