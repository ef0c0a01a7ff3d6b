"""A stack's environment: connections for the pipeline, settings for Airflow, little of the caller's own."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from sandbox.paths import REPOSITORY, VENV, StateDir
from sandbox.ports import HOST
from sandbox.settings import Settings

BUCKET = "enverus"
LANDING_ZONE, DATA_LAKE = "landing-zone", "data-lake"
BUCKETS = (BUCKET, LANDING_ZONE, DATA_LAKE)
LANGUAGE = "C.UTF-8"
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE")
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
LOCAL_HOSTS = f"{HOST},localhost"
PEOPLE_ONLY = frozenset({"AIRFLOW_CONN_WAREHOUSE_OWNER"})


def base(state: StateDir) -> dict[str, str]:
    """What every program of the stack gets.

    Nothing else is inherited: an AIRFLOW_HOME or a PGHOST in the developer's shell must not reach the stack.
    """
    inherited = {name: os.environ[name] for name in (*TRUST, *PROXIES, "TMPDIR") if name in os.environ}
    return {
        **inherited,
        "PATH": f"{VENV / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(state.home),
        "LANG": LANGUAGE,
        "LC_ALL": LANGUAGE,
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(REPOSITORY / "plugins"),  # this clone's, whichever one the packages were installed for
        "no_proxy": LOCAL_HOSTS,
        "NO_PROXY": LOCAL_HOSTS,
        "GX_ANALYTICS_ENABLED": "false",
    }


def connections(settings: Settings) -> dict[str, str]:
    """Airflow connections of the parts that have a port, as AIRFLOW_CONN_* variables."""
    found: dict[str, str] = {}
    if port := settings.ports.get("postgres"):
        found["AIRFLOW_CONN_WAREHOUSE"] = _warehouse("loader", port, settings)
        found["AIRFLOW_CONN_WAREHOUSE_OWNER"] = _warehouse("owner", port, settings)
        found["AIRFLOW_CONN_WAREHOUSE_READER"] = _warehouse("reader", port, settings)
    if port := settings.ports.get("objects"):
        found["AIRFLOW_CONN_OBJECT_STORE"] = _object_store(port, settings, BUCKET)
        found["AIRFLOW_CONN_LANDING_ZONE"] = _object_store(port, settings, LANDING_ZONE)
        found["AIRFLOW_CONN_DATA_LAKE"] = _object_store(port, settings, DATA_LAKE)
    if port := settings.ports.get("api"):
        found["AIRFLOW_CONN_ENVERUS"] = _enverus(port, settings)
    return found


def _warehouse(role: str, port: int, settings: Settings) -> str:
    connection = {
        "conn_type": "postgres",
        "login": f"enverus_{role}",
        "password": settings.secrets[f"postgres_{role}"],
        "host": HOST,
        "port": port,
        "schema": "warehouse",
    }
    return json.dumps(connection)


def _object_store(port: int, settings: Settings, bucket: str) -> str:
    connection = {
        "conn_type": "aws",
        "login": settings.secrets["s3_access_key"],
        "password": settings.secrets["s3_secret_key"],
        "extra": {
            "endpoint_url": f"http://{HOST}:{port}",
            "region_name": "us-east-1",
            "config_kwargs": {"s3": {"addressing_style": "path"}},
            "service_config": {"s3": {"bucket_name": bucket}},
        },
    }
    return json.dumps(connection)


def _enverus(port: int, settings: Settings) -> str:
    connection = {
        "conn_type": "http",
        "host": f"http://{HOST}:{port}/v3/direct-access/",
        "password": settings.secrets["enverus_secret_key"],
    }
    return json.dumps(connection)


def for_airflow(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without the connections that Airflow's processes must not hold."""
    return {name: value for name, value in env.items() if name not in PEOPLE_ONLY}


def to_text(env: Mapping[str, str]) -> str:
    """KEY=VALUE lines, quoted where a shell needs it: `set -a; . .sandbox/stack.env`."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in env.items())


def from_file(path: Path) -> dict[str, str]:
    """Read back what `to_text` wrote."""
    pairs = (word.partition("=") for word in shlex.split(path.read_text()))
    return {name: value for name, _, value in pairs}
