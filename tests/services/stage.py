"""A whole stack with a running Airflow, started once for all tests that need it."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from enverus_elt.catalog import dataset_ids
from enverus_elt.marts import load_marts, shared_marts
from sandbox.paths import REPOSITORY, VENV
from sandbox.stack import Stack

ENDED = ("success", "failed")
DAGS = len(dataset_ids()) + len(shared_marts(load_marts())) + 1 + 4  # and the reminders, and those of the lake


class Stage:
    """A whole stack and what a test asks of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.url = stack.env["AIRFLOW_UI_URL"].rstrip("/")

    def client(self, user: str = "admin") -> httpx.Client:
        """Airflow's REST API as one of the users."""
        password = self.stack.settings.secrets[f"ui_{user}"]
        answer = httpx.post(f"{self.url}/auth/token", json={"username": user, "password": password})
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def run(self, dag_id: str, run_id: str, **conf: str) -> dict[str, str]:
        """Trigger a DAG, wait for its end; returns the tasks' states, the run's own under its id."""
        self.start(dag_id, run_id, **conf)
        with self.client() as client:
            return self.wait(client, dag_id, run_id)

    def start(self, dag_id: str, run_id: str, **conf: str) -> None:
        """Trigger a DAG."""
        with self.client() as client:
            client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False}).raise_for_status()
            body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
            client.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body).raise_for_status()

    def wait_for_task(self, dag_id: str, run_id: str, task_id: str, state: str) -> None:
        """Wait until a task is in that state."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}"
        with self.client() as client:
            for _ in range(240):
                found = client.get(path).json().get("state")
                if found == state:
                    return
                time.sleep(0.5)
        raise AssertionError(f"{task_id} of {dag_id} {run_id} is {found}, not {state}")

    @staticmethod
    def wait(client: httpx.Client, dag_id: str, run_id: str) -> dict[str, str]:
        """Wait for the end of a run."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}"
        for _ in range(360):
            state = client.get(path).json()["state"]
            if state in ENDED:
                tasks = client.get(f"{path}/taskInstances").json()["task_instances"]
                return {dag_id: state, **{task["task_id"]: task["state"] for task in tasks}}
            time.sleep(0.5)
        raise AssertionError(f"{dag_id} {run_id} did not end")

    def control(self, method: str, path: str, body: Any = None) -> None:
        """Tell the API what to serve or how to misbehave."""
        key = json.loads(self.stack.env["AIRFLOW_CONN_ENVERUS"])["password"]
        url = f"http://127.0.0.1:{self.stack.settings.ports['api']}/sandbox/{path}"
        httpx.request(method, url, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60).raise_for_status()

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the warehouse as its readers see them."""
        facts = json.loads(self.stack.env["AIRFLOW_CONN_WAREHOUSE_READER"])
        names = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}
        with psycopg.connect(**{name: facts[fact] for name, fact in names.items()}, row_factory=dict_row) as conn:
            return conn.execute(query).fetchall()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    state = tmp_path_factory.mktemp("airflow")
    with Stack(state, well_known_ports=False) as stack:
        migrate = [VENV / "bin" / "enverus", "migrate"]
        subprocess.run(migrate, env=stack.env, cwd=REPOSITORY, check=True, capture_output=True)
        found = Stage(stack)
        _wait_for_dags(found)
        yield found


def _wait_for_dags(stage: Stage) -> None:
    with stage.client() as client:
        for _ in range(240):
            if client.get("/api/v2/dags", params={"limit": 100}).json()["total_entries"] == DAGS:
                return
            time.sleep(0.5)
    raise AssertionError("the DAGs did not appear")
