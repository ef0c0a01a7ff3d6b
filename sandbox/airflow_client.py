"""The little of Airflow's REST API that the demo needs, with a login of its own."""

from __future__ import annotations

from typing import Any, Self

import httpx

from sandbox.errors import SandboxError

PAGE = 100
FINISHED = frozenset({"success", "failed"})


class AirflowClient:
    """A session of one user; use it as a context manager."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        answer = self._http.post("/auth/token", json={"username": user, "password": password})
        if answer.status_code != httpx.codes.CREATED:
            raise SandboxError(f"Airflow refused the login of {user} (HTTP {answer.status_code})")
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def dag_ids(self) -> set[str]:
        return {dag["dag_id"] for dag in self._call("GET", "/dags", params={"limit": PAGE})["dags"]}

    def import_errors(self) -> dict[str, str]:
        """Last line of each DAG file's import error."""
        errors = self._call("GET", "/importErrors", params={"limit": PAGE})["import_errors"]
        return {error["filename"]: error["stack_trace"].strip().splitlines()[-1] for error in errors}

    def unpause(self, dag_id: str) -> None:
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, run_id: str, **conf: str) -> None:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._call("POST", f"/dags/{dag_id}/dagRuns", json=body)

    def run_state(self, dag_id: str, run_id: str) -> str:
        return str(self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def active_runs(self, dag_id: str) -> list[str]:
        """Runs that have not ended."""
        params = {"state": ["queued", "running"], "limit": PAGE}
        return [run["dag_run_id"] for run in self._call("GET", f"/dags/{dag_id}/dagRuns", params=params)["dag_runs"]]

    def latest_runs(self, dag_prefix: str) -> list[dict[str, Any]]:
        """The newest runs of all DAGs whose id starts with the prefix."""
        runs = self._call("GET", "/dags/~/dagRuns", params={"limit": PAGE, "order_by": "-id"})["dag_runs"]
        return [run for run in runs if run["dag_id"].startswith(dag_prefix)]

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        found: list[dict[str, Any]] = self._call("GET", path, params={"limit": PAGE})["task_instances"]
        return found

    def failure(self, dag_id: str, run_id: str) -> str:
        """The first failed task of a run and the last error it logged."""
        failed = [task for task in self.tasks(dag_id, run_id) if task["state"] == "failed"]
        if not failed:
            return "no task failed"
        task = min(failed, key=lambda task: task["end_date"] or "")
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        params = {"map_index": task["map_index"], "full_content": "true"}
        return f"task {task['task_id']}: {last_error(self._call('GET', path, params=params)['content'])}"

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, f"/api/v2{path}", headers={"Accept": "application/json"}, **options)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise SandboxError(f"Airflow: {method} {path}: {_reason(error.response)}") from None
        except httpx.TransportError as error:
            raise SandboxError(f"Airflow: {method} {path}: {error}") from None
        content: dict[str, Any] = answer.json()
        return content


def _reason(response: httpx.Response) -> str:
    return f"HTTP {response.status_code} {response.text[:200]}"


def last_error(log: list[dict[str, Any]]) -> str:
    """The words of the last error in a task's structured log."""
    errors = [entry for entry in log if entry.get("level") in {"error", "critical"}]
    if not errors:
        return "no error in its log"
    details = errors[-1].get("error_detail")
    if details:
        return f"{details[0]['exc_type']}: {details[0]['exc_value']}"
    return str(errors[-1].get("event"))
