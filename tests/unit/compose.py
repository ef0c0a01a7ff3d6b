"""docker-compose.yaml and what stands beside it, read for the tests: neither Docker nor a socket is needed."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from sandbox.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
DATABASES = (ROOT / "docker" / "databases.sql").read_text()
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<kind>[^\w}]+)?(?P<words>[^}]*)\}")
SECRET = re.compile(r"(PASSWORD|SECRET|KEY|TOKEN)$")
AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer")
PORTS = {"postgres": 5432, "objects": 9000, "api": 8081, "ui": 8080}
# The sandbox's name of each secret, by the variable that carries it here.
SECRET_OF = {
    "POSTGRES_PASSWORD": "postgres_superuser",
    "AIRFLOW_DB_PASSWORD": "postgres_airflow",
    "WAREHOUSE_OWNER_PASSWORD": "postgres_owner",
    "WAREHOUSE_LOADER_PASSWORD": "postgres_loader",
    "WAREHOUSE_READER_PASSWORD": "postgres_reader",
    "S3_ACCESS_KEY": "s3_access_key",
    "S3_SECRET_KEY": "s3_secret_key",
    "ENVERUS_SECRET_KEY": "enverus_secret_key",
    "AIRFLOW_FERNET_KEY": "airflow_fernet",
    "AIRFLOW_API_SECRET_KEY": "airflow_api",
    "AIRFLOW_JWT_SECRET": "airflow_jwt",
    "UI_ADMIN_PASSWORD": "ui_admin",
    "UI_VIEWER_PASSWORD": "ui_viewer",
    "UI_QA_PASSWORD": "ui_qa",
}


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def substituted(text: str) -> str:
    """The text as Compose would hand it on, every secret being the sandbox's word for it."""
    values = {**example(), **SECRET_OF}
    return VARIABLE.sub(lambda match: values[match["name"]], text)


def environment_of(service: str) -> dict[str, str]:
    return {name: substituted(value) for name, value in SERVICES[service].get("environment", {}).items()}


def settings() -> Settings:
    return Settings(dict(PORTS), {name: name for name in SECRET_OF.values()})


def script(name: str) -> ModuleType:
    """One of docker/*.py; the folder is no package, for a package of that name may be installed."""
    spec = importlib.util.spec_from_file_location(f"docker_{name}", ROOT / "docker" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def strings(node: Any) -> Iterator[str]:
    """Every text of a YAML document."""
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node
