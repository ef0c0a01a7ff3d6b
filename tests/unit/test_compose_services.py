"""Each service starts what the sandbox starts, waits for what it needs, and has no right or way beyond that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox import programs
from sandbox.paths import StateDir
from sandbox.postgres import SETTINGS as POSTGRES_SETTINGS
from tests.unit.compose import AIRFLOW, COMPOSE, DATABASES, ROOT, SERVICES, environment_of, script, settings


def one_shots() -> set[str]:
    return {name for name, service in SERVICES.items() if service["restart"] == "no"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_health_check_or_ends_by_itself(service: str) -> None:
    body = SERVICES[service]
    waited_for = {
        name: needed["condition"] for other in SERVICES.values() for name, needed in other.get("depends_on", {}).items()
    }
    if service in one_shots():
        assert "healthcheck" not in body
        assert waited_for[service] == "service_completed_successfully"
    else:
        assert body["restart"] == "unless-stopped"
        assert {"test", "interval", "timeout", "retries", "start_period"} <= body["healthcheck"].keys()
        assert waited_for.get(service, "service_healthy") == "service_healthy"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_only_for_those_that_always_start(service: str) -> None:
    for name in SERVICES[service].get("depends_on", {}):
        assert "profiles" not in SERVICES[name]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_rights_that_it_does_not_need(service: str) -> None:
    body = SERVICES[service]
    assert body["user"].split(":")[0] not in ("", "root", "0")
    assert body["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in body["security_opt"]
    assert not {"privileged", "cap_add", "network_mode", "env_file", "pid"} & body.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_logs_are_rotated(service: str) -> None:
    assert {"max-size", "max-file"} <= SERVICES[service]["logging"]["options"].keys()


def test_only_the_ui_is_published_and_only_on_this_machine() -> None:
    published = {name: body["ports"] for name, body in SERVICES.items() if "ports" in body}
    assert published == {"api-server": ["${AIRFLOW_UI_BIND:-127.0.0.1}:${AIRFLOW_UI_PORT:-8080}:8080"]}


def test_only_those_who_must_reach_the_world_can() -> None:
    assert COMPOSE["networks"]["internal"] == {"internal": True}
    assert all("internal" in body["networks"] for body in SERVICES.values())
    assert {name for name, body in SERVICES.items() if len(body["networks"]) > 1} == {"api-server", "scheduler"}


def test_hosts_inside_are_reached_without_a_proxy() -> None:
    hosts = {"localhost", "127.0.0.1", "postgres", "objects", "enverus-api", "api-server"}
    for service in (*AIRFLOW, "migrate"):
        assert set(environment_of(service)["NO_PROXY"].split(",")) == hosts
        assert environment_of(service)["no_proxy"] == environment_of(service)["NO_PROXY"]


def test_the_enverus_api_of_the_sandbox_can_be_left_off() -> None:
    assert {name: body["profiles"] for name, body in SERVICES.items() if "profiles" in body} == {
        "enverus-api": ["sandbox"]
    }


def test_volumes_are_named_or_files_of_the_repository() -> None:
    mounts = [mount.split(":") for body in SERVICES.values() for mount in body.get("volumes", [])]
    named = {mount[0] for mount in mounts if not mount[0].startswith(".")}
    assert named == COMPOSE["volumes"].keys()
    for mount in mounts:
        assert mount[0] in named or ((ROOT / mount[0]).exists() and mount[-1] == "ro")


# Programs


def test_programs_are_started_as_in_the_sandbox(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.create()
    airflow = {program.name: program.spec.argv[1:] for program in programs.airflow(state, settings(), {})}
    assert {name: SERVICES[name]["command"][1:] for name in AIRFLOW[1:]} == {
        name: argv for name, argv in airflow.items() if name != "api-server"
    }
    assert '"airflow", "api-server"' in (ROOT / "docker" / "api_server.py").read_text()
    for name, program in (
        ("objects", programs.objects(state, settings())),
        ("enverus-api", programs.api(state, settings())),
    ):
        words = [word.replace("127.0.0.1", "0.0.0.0") for word in program.spec.argv[1:-1]]
        assert SERVICES[name]["command"][1:-1] == words
    key = programs.objects(state, settings()).spec.env["RCLONE_AUTH_KEY"]
    assert environment_of("objects")["RCLONE_AUTH_KEY"] == key


# PostgreSQL


def test_postgresql_is_set_up_as_in_the_sandbox() -> None:
    of_one_machine = {"listen_addresses", "unix_socket_directories"}
    words = [word.removeprefix("--").split("=", 1) for word in SERVICES["postgres"]["command"][1:]]
    assert dict(words) == {name: value for name, value in POSTGRES_SETTINGS.items() if name not in of_one_machine}
    assert environment_of("postgres")["POSTGRES_INITDB_ARGS"].startswith("--auth=scram-sha-256 ")


def test_every_role_that_may_log_in_gets_its_password_from_the_environment() -> None:
    roles = (ROOT / "include" / "sql" / "bootstrap" / "001_roles.sql").read_text()
    # Nothing in the stack connects as the transformer: without a password nobody can.
    wanted = {"airflow", *re.findall(r"^ALTER ROLE (\w+) LOGIN", roles, re.MULTILINE)} - {"enverus_transformer"}
    assigned = dict(re.findall(r"^ALTER ROLE (\w+) PASSWORD :'(\w+)';$", DATABASES, re.MULTILINE))
    read = dict(re.findall(r"^\\getenv (\w+) (\w+)$", DATABASES, re.MULTILINE))
    assert assigned.keys() == wanted
    assert set(assigned.values()) == read.keys()
    assert len(set(assigned.values())) == len(assigned)
    assert set(read.values()) == environment_of("databases").keys() - {"PGHOST", "PGUSER", "PGPASSWORD"}


def test_the_databases_script_finds_the_roles_where_it_is_mounted() -> None:
    included = re.findall(r"^\\ir (\S+)$", DATABASES, re.MULTILINE)
    shipped = sorted((ROOT / "include" / "sql" / "bootstrap").glob("*.sql"))
    assert included == [f"../include/sql/bootstrap/{path.name}" for path in shipped]
    mounts = [mount.split(":")[:2] for mount in SERVICES["databases"]["volumes"]]
    for source, target in mounts:
        assert target == f"/bootstrap/{source.removeprefix('./')}"
    assert f"--file={mounts[0][1]}" in SERVICES["databases"]["command"]
    assert (ROOT / "docker" / included[0]).resolve().is_relative_to((ROOT / mounts[1][0]).resolve())


# Health


@pytest.mark.parametrize(
    ("body", "part", "wrong"),
    [
        (b"", "", ""),
        (b'{"scheduler": {"status": "healthy"}}', "scheduler", ""),
        (b'{"scheduler": {"status": "unhealthy"}}', "scheduler", "scheduler is unhealthy"),
        (b'{"triggerer": {"status": null}}', "triggerer", "triggerer is None"),
        (b'{"scheduler": {"status": "healthy"}}', "triggerer", "u: no status of triggerer"),
        (b"<html>", "scheduler", "u: no status of scheduler"),
    ],
)
def test_a_part_is_healthy_when_airflow_says_so(
    monkeypatch: pytest.MonkeyPatch, body: bytes, part: str, wrong: str
) -> None:
    healthy = script("healthy")
    monkeypatch.setattr(healthy, "ask", lambda _url: body)
    assert healthy.complaint("u", part) == wrong


def test_who_does_not_answer_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = script("healthy")

    def refuse(_url: str) -> bytes:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(healthy, "ask", refuse)
    assert healthy.complaint("u") == "u: refused"
    assert healthy.verdict(["u"]) == "u: refused"
    monkeypatch.setattr(healthy, "ask", lambda _url: b"")
    assert healthy.verdict(["u"]) == 0
