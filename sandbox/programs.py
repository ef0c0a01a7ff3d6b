"""The programs of a stack: how each is started, and what it waits for."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox import environment
from sandbox.keeper import Spec
from sandbox.paths import REPOSITORY, VENV, StateDir
from sandbox.ports import HOST
from sandbox.postgres import Cluster
from sandbox.settings import Settings

COMPONENTS = ("postgres", "objects", "api", "airflow")
API_VINTAGE = "2024"
PYTHON = str(VENV / "bin" / "python")


@dataclass(frozen=True)
class Program:
    """A program under the supervisor; those of one group stop together, higher ranks before lower ones."""

    name: str
    group: str
    rank: int
    spec: Spec


def postgres(cluster: Cluster, state: StateDir) -> Program:
    env = environment.base(state)
    spec = Spec(cluster.command(), env, cwd="/", stop_signal=signal.SIGINT, grace=20)  # INT: do not wait for clients
    return Program("postgres", "postgres", 10, spec)


def objects(state: StateDir, settings: Settings) -> Program:
    """An S3 server over a folder; a bucket is a folder in it."""
    for bucket in environment.BUCKETS:
        (state.objects / bucket).mkdir(mode=0o700, exist_ok=True)
    key = f'"{settings.secrets["s3_access_key"]},{settings.secrets["s3_secret_key"]}"'
    env = {**environment.base(state), "RCLONE_AUTH_KEY": key, "RCLONE_CONFIG": "/dev/null"}
    address = f"{HOST}:{settings.ports['objects']}"
    argv = [
        str(VENV / "bin" / "rclone"),
        "serve",
        "s3",
        "--addr",
        address,
        "--log-level",
        "NOTICE",
        str(state.objects),
    ]
    return Program("objects", "objects", 20, Spec(argv, env, cwd=str(REPOSITORY), grace=5))


def api(state: StateDir, settings: Settings) -> Program:
    env = {**environment.base(state), "ENVERUS_SANDBOX_SECRET_KEY": settings.secrets["enverus_secret_key"]}
    argv = [
        PYTHON, "-m", "sandbox.enverus_api", "--host", HOST, "--port", str(settings.ports["api"]),
        "--vintage", API_VINTAGE, "--state-dir", str(state.api),
    ]  # fmt: skip
    return Program("api", "api", 20, Spec(argv, env, cwd=str(REPOSITORY), grace=5))


def airflow(state: StateDir, settings: Settings, env: Mapping[str, str]) -> list[Program]:
    """The four services. Logs are read from disk, so none of them serves its own on a fixed port."""
    database = settings.ports["postgres"]
    ui = settings.ports["ui"]
    return [
        _airflow_service(["api-server"], [database], state, env),
        _airflow_service(["scheduler", "--skip-serve-logs"], [database, ui], state, env),
        _airflow_service(["dag-processor"], [database], state, env),
        _airflow_service(["triggerer", "--skip-serve-logs"], [database, ui], state, env),
    ]


def _airflow_service(arguments: list[str], ports: list[int], state: StateDir, env: Mapping[str, str]) -> Program:
    argv = [str(VENV / "bin" / "airflow"), *arguments]
    spec = Spec(argv, dict(env), str(REPOSITORY), wait_for_ports=ports, wait_for_file=str(state.ready))
    return Program(arguments[0], "airflow", 30, spec)
