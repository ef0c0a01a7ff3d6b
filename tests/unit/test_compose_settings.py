"""The settings and connections that the services get are what the code reads and what the sandbox gives."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from sandbox import airflow_settings, environment
from sandbox.enverus_api.app import BASE_PATH
from sandbox.paths import REPOSITORY, StateDir
from tests.unit.compose import AIRFLOW, PORTS, ROOT, SERVICES, environment_of, example, script, settings

NEEDS = {
    "WAREHOUSE": {"scheduler"},  # runs the tasks
    "OBJECT_STORE": {"scheduler", "api-server"},  # tasks, and the pages that show Data Docs
    "LANDING_ZONE": {"scheduler", "triggerer"},  # tasks, and the watcher for manifests
    "DATA_LAKE": {"scheduler"},
    "ENVERUS": {"scheduler"},
    "WAREHOUSE_OWNER": {"migrate"},
    "WAREHOUSE_READER": {"api-server"},
}
# Where containers cannot be like programs of one machine.
OTHER_THAN_SANDBOX = {
    "AIRFLOW__API__HOST": "0.0.0.0",
    "AIRFLOW__API__BASE_URL": "http://localhost:8080",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://api-server:8080/execution/",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": "/run/airflow/passwords.json",
}


def airflow_settings_of(service: str) -> dict[str, str]:
    return {name: value for name, value in environment_of(service).items() if name.startswith("AIRFLOW__")}


# Connections


def test_each_connection_of_the_code_goes_to_the_services_that_use_it_and_to_no_other() -> None:
    code = ast.parse((ROOT / "plugins" / "enverus_elt" / "hooks" / "connections.py").read_text())
    ids = {
        node.value.value for node in code.body if isinstance(node, ast.Assign) if isinstance(node.value, ast.Constant)
    }
    given: dict[str, set[str]] = {}
    for service in SERVICES:
        for name in environment_of(service):
            if name.startswith("AIRFLOW_CONN_"):
                given.setdefault(name.removeprefix("AIRFLOW_CONN_"), set()).add(service)
    assert {str(conn_id).upper() for conn_id in ids} == set(NEEDS)
    assert given == NEEDS


def test_the_pages_of_the_api_server_read_the_warehouse_as_its_reader_and_as_nobody_else() -> None:
    pages = "".join(path.read_text() for path in (ROOT / "plugins" / "warehouse_ui").glob("*.py"))
    assert set(re.findall(r"\bconnect\((\w*)", pages)) == {"WAREHOUSE_READER"}
    assert set(re.findall(r"enverus_elt\.hooks\.(\w+)", pages)) & {"enverus", "tokens"} == set()


def test_the_hooks_accept_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    from enverus_elt.hooks import connections, enverus, object_store, warehouse  # noqa: PLC0415 - brings Airflow

    for service in ("scheduler", "migrate", "api-server"):
        for name, value in environment_of(service).items():
            if name.startswith("AIRFLOW_CONN_"):
                monkeypatch.setenv(name, value)
    assert warehouse.sqlalchemy_url(connections.WAREHOUSE).username == "enverus_loader"
    assert warehouse.sqlalchemy_url(connections.WAREHOUSE_OWNER).username == "enverus_owner"
    assert warehouse.sqlalchemy_url(connections.WAREHOUSE_READER).username == "enverus_reader"
    stores = (connections.OBJECT_STORE, connections.LANDING_ZONE, connections.DATA_LAKE)
    assert tuple(object_store.object_store(conn_id).bucket for conn_id in stores) == environment.BUCKETS
    assert enverus.enverus_session() is not None


def test_connections_are_the_sandboxs_with_the_services_names_as_hosts() -> None:
    hosts = {"127.0.0.1:9000": "objects:9000", "127.0.0.1:8081": "enverus-api:8081", "127.0.0.1": "postgres"}
    for name, text in environment.connections(settings()).items():
        for address, host in hosts.items():
            text = text.replace(address, host)  # noqa: PLW2901
        given = [env[name] for env in map(environment_of, SERVICES) if name in env]
        assert all(json.loads(found) == json.loads(text) for found in given), name


def test_the_example_leads_to_the_sandboxs_api() -> None:
    assert example()["ENVERUS_BASE_URL"] == f"http://enverus-api:{PORTS['api']}{BASE_PATH}"


# Airflow's settings


def known_settings() -> set[str]:
    """Every setting of the installed Airflow, as the variable that sets it. Airflow itself is not imported."""
    found = importlib.util.find_spec("airflow")
    assert found is not None
    assert found.origin is not None
    schema = yaml.safe_load((Path(found.origin).parent / "config_templates" / "config.yml").read_text())
    return {f"AIRFLOW__{section}__{option}".upper() for section, body in schema.items() for option in body["options"]}


def test_every_airflow_setting_is_one_of_airflows() -> None:
    known = known_settings()
    assert [name for service in SERVICES for name in airflow_settings_of(service) if name not in known] == []


def test_settings_are_the_sandboxs() -> None:
    sandbox = airflow_settings.variables(StateDir(Path("/opt")), settings(), Path("/opt/enverus/dags"))
    known = known_settings()
    expected = {
        name: value.replace("@127.0.0.1:", "@postgres:").replace(str(REPOSITORY), "/opt/enverus")
        for name, value in sandbox.items()
        if name in known
    }
    assert airflow_settings_of("api-server") == expected | OTHER_THAN_SANDBOX


def test_all_of_airflow_has_the_same_settings_and_only_its_api_server_the_users() -> None:
    whole = airflow_settings_of("api-server")
    shared = {name: value for name, value in whole.items() if "SIMPLE_AUTH_MANAGER" not in name}
    assert len(whole) - len(shared) == 2
    for service in (*AIRFLOW[1:], "migrate"):
        assert airflow_settings_of(service) == shared, service


def test_the_api_servers_port_is_the_same_wherever_it_is_named() -> None:
    env, port = environment_of("api-server"), str(PORTS["ui"])
    assert env["AIRFLOW__API__PORT"] == port
    assert SERVICES["api-server"]["ports"][0].endswith(f":{port}")
    assert example()["AIRFLOW_UI_URL"].endswith(f":{example()['AIRFLOW_UI_PORT']}")
    for service in AIRFLOW:
        address = next(word for word in SERVICES[service]["healthcheck"]["test"] if word.startswith("http"))
        assert f":{port}/api/v2/monitor/health" in address


def test_the_users_of_the_ui_have_passwords_in_the_api_servers_environment() -> None:
    env = environment_of("api-server")
    taken = script("api_server").take_passwords(env)
    assert taken == {user: f"ui_{user}" for user in airflow_settings.ROLES}
    assert not [name for name in env if name.startswith("UI_")]
