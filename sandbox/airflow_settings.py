"""Airflow's configuration, all of it as environment variables: there is no airflow.cfg to keep in step."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.paths import REPOSITORY, StateDir, write_private
from sandbox.ports import HOST
from sandbox.settings import Settings

ROLES = {"admin": "admin", "viewer": "viewer", "qa": "op"}


def ui_url(settings: Settings) -> str:
    return f"http://{HOST}:{settings.ports['ui']}"


def write_passwords(state: StateDir, settings: Settings) -> Path:
    """The file that Airflow's simple auth manager reads its users' passwords from."""
    path = state.airflow / "passwords.json"
    write_private(path, json.dumps({user: settings.secrets[f"ui_{user}"] for user in ROLES}) + "\n")
    return path


def variables(state: StateDir, settings: Settings, dags_folder: Path) -> dict[str, str]:
    """Everything Airflow needs to know, grouped by what it is for."""
    sections = {
        **_folders_and_secrets(state, settings, dags_folder),
        **_addresses(settings),
        **_pace(),
    }
    named = {f"AIRFLOW__{name}": value for name, value in sections.items()}
    return {"AIRFLOW_HOME": str(state.airflow), "AIRFLOW_UI_URL": ui_url(settings), **named}


def _folders_and_secrets(state: StateDir, settings: Settings, dags_folder: Path) -> dict[str, str]:
    secrets = settings.secrets
    database = f"airflow:{secrets['postgres_airflow']}@{HOST}:{settings.ports['postgres']}/airflow"
    return {
        "CORE__DAGS_FOLDER": str(dags_folder),
        "CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__FERNET_KEY": secrets["airflow_fernet"],
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in ROLES.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(state.airflow / "passwords.json"),
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}",
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg://{database}",
        "API__SECRET_KEY": secrets["airflow_api"],
        "API_AUTH__JWT_SECRET": secrets["airflow_jwt"],
        "LOGGING__BASE_LOG_FOLDER": str(state.airflow / "logs"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(state.airflow / "logs" / "dag_processor"),
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "LOGGING__NAMESPACE_LEVELS": "great_expectations=WARNING",  # it tells a task's log of its own start at length
    }


def _addresses(settings: Settings) -> dict[str, str]:
    """The port is chosen at start, and three settings must agree on it: tasks report to the API server."""
    address = ui_url(settings)
    return {
        "API__HOST": HOST,
        "API__PORT": str(settings.ports["ui"]),
        "API__BASE_URL": address,
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default asks DNS, which may be slow or absent
    }


def _pace() -> dict[str, str]:
    """Small machine, short waits: few processes, and every loop that a person would wait for is quick."""
    return {
        "API__WORKERS": "1",
        "API__WORKER_TIMEOUT": "60",
        "CORE__PARALLELISM": "4",
        "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "5",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # the end of a task's process may be noticed as late as that
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
        "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
    }
