"""Asks each part of the stack whether it works, until all say yes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import httpx

from sandbox.errors import SandboxError
from sandbox.keeper import answers
from sandbox.paths import StateDir
from sandbox.ports import HOST
from sandbox.settings import Settings
from sandbox.supervisor import log_path

TIMEOUT = 180.0
AIRFLOW_PARTS = {
    "metadatabase": "api-server",
    "scheduler": "scheduler",
    "dag_processor": "dag-processor",
    "triggerer": "triggerer",
}


def wait_until_healthy(
    components: Iterable[str],
    settings: Settings,
    state: StateDir,
    is_running: Callable[[], bool],
    timeout: float = TIMEOUT,
) -> None:
    """Return when every component is healthy, or say which program is not and what it logged last."""
    deadline = time.monotonic() + timeout
    for component in components:
        check = CHECKS[component]
        while sick := check(settings.ports):
            if not is_running():
                raise SandboxError(f"the process manager ended: {last_line(log_path('supervisord', state))}")
            if time.monotonic() > deadline:
                log = log_path(sick, state)
                raise SandboxError(f"{sick} is not healthy after {timeout:.0f} s: {last_line(log)} (all of it: {log})")
            time.sleep(0.25)


def _postgres(ports: Mapping[str, int]) -> str:
    return "" if answers(ports["postgres"]) else "postgres"


def _objects(ports: Mapping[str, int]) -> str:
    return "" if answers(ports["objects"]) else "objects"


def _api(ports: Mapping[str, int]) -> str:
    return "" if _get(f"http://{HOST}:{ports['api']}/sandbox/health") is not None else "api"


def _airflow(ports: Mapping[str, int]) -> str:
    response = _get(f"http://{HOST}:{ports['ui']}/api/v2/monitor/health")
    if response is None:
        return "api-server"
    parts = response.json()
    sick = [program for part, program in AIRFLOW_PARTS.items() if (parts.get(part) or {}).get("status") != "healthy"]
    return sick[0] if sick else ""


CHECKS: Mapping[str, Callable[[Mapping[str, int]], str]] = {
    "postgres": _postgres,
    "objects": _objects,
    "api": _api,
    "airflow": _airflow,
}


def _get(url: str) -> httpx.Response | None:
    try:
        response = httpx.get(url, timeout=5, trust_env=False)
    except httpx.TransportError:
        return None
    return response if response.is_success else None


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    except FileNotFoundError:
        return "no log"
    return next((line for line in reversed(lines) if line), "empty log")
