"""Holds docker-compose.yaml against what the code and the sandbox read. Neither Docker nor a socket is needed."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from sandbox import airflow_settings, environment, programs
from sandbox.enverus_api.app import BASE_PATH
from sandbox.paths import REPOSITORY, StateDir
from sandbox.postgres import SETTINGS as POSTGRES_SETTINGS
from sandbox.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
DATABASES = (ROOT / "docker" / "databases.sql").read_text()

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<kind>[^\w}]+)?(?P<words>[^}]*)\}")
SECRET = re.compile(r"(PASSWORD|SECRET|KEY|TOKEN)$")
COMPOSE_OWN = {"COMPOSE_PROFILES"}  # read by Compose itself, so the file does not name it

AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer")
NEEDS = {
    "WAREHOUSE": {"scheduler"},  # runs the tasks
    "OBJECT_STORE": {"scheduler", "api-server"},  # tasks, and the pages that show Data Docs
    "ENVERUS": {"scheduler"},
    "WAREHOUSE_OWNER": {"migrate"},
}
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
# Where containers cannot be like programs of one machine.
OTHER_THAN_SANDBOX = {
    "AIRFLOW__API__HOST": "0.0.0.0",
    "AIRFLOW__API__BASE_URL": "http://localhost:8080",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://api-server:8080/execution/",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": "/run/airflow/passwords.json",
}


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


VARIABLES = [match for text in strings(COMPOSE) for match in VARIABLE.finditer(text)]


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def substituted(text: str) -> str:
    """The text as Compose would hand it on, every secret being the sandbox's word for it."""
    values = {**example(), **SECRET_OF}
    return VARIABLE.sub(lambda match: values[match["name"]], text)


def environment_of(service: str) -> dict[str, str]:
    return {name: substituted(value) for name, value in SERVICES[service].get("environment", {}).items()}


def airflow_settings_of(service: str) -> dict[str, str]:
    return {name: value for name, value in environment_of(service).items() if name.startswith("AIRFLOW__")}


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


def one_shots() -> set[str]:
    return {name for name, service in SERVICES.items() if service["restart"] == "no"}


# --- connections


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


def test_the_pages_of_the_api_server_need_no_connection_but_the_object_store() -> None:
    pages = "".join(path.read_text() for path in (ROOT / "plugins" / "warehouse_ui").glob("*.py"))
    assert set(re.findall(r"enverus_elt\.hooks\.(\w+)", pages)) == {"object_store"}


def test_the_hooks_accept_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    from enverus_elt.hooks import connections, enverus, object_store, warehouse  # noqa: PLC0415 - brings Airflow

    for service in ("scheduler", "migrate"):
        for name, value in environment_of(service).items():
            if name.startswith("AIRFLOW_CONN_"):
                monkeypatch.setenv(name, value)
    assert warehouse.sqlalchemy_url(connections.WAREHOUSE).username == "enverus_loader"
    assert warehouse.sqlalchemy_url(connections.WAREHOUSE_OWNER).username == "enverus_owner"
    assert object_store.object_store().bucket == environment.BUCKET
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


# --- Airflow's settings


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


# --- services


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


# --- secrets


def test_secrets_must_be_set() -> None:
    assert {match["name"] for match in VARIABLES if SECRET.search(match["name"])} == SECRET_OF.keys()
    for match in VARIABLES:
        if SECRET.search(match["name"]):
            assert match["kind"] == ":?", match[0]
        assert match["kind"] in (":?", ":-"), match[0]
        assert match["words"]
        assert match["kind"] == ":-" or "-" not in match["words"], match[0]  # Compose takes a hyphen for a default


def test_no_secret_is_written_down() -> None:
    for service, body in SERVICES.items():
        for name, value in body.get("environment", {}).items():
            if SECRET.search(name):
                assert VARIABLE.search(value), f"{service}: {name}"
            if name.startswith("AIRFLOW_CONN_"):
                assert json.loads(VARIABLE.sub("VARIABLE", value))["password"] == "VARIABLE", name
    assert not [text for text in strings(COMPOSE) if re.search(r"://[^/@:]*:[^$@/][^@/]*@", text)]
    assert not re.search(r"^(ENV|ARG)\b.*(PASSWORD|SECRET|_KEY|TOKEN|AIRFLOW_CONN|AIRFLOW__)", DOCKERFILE, re.MULTILINE)


def test_each_secret_goes_where_it_is_needed() -> None:
    where: dict[str, set[str]] = {}
    for service, body in SERVICES.items():
        for text in strings(body):
            for match in VARIABLE.finditer(text):
                where.setdefault(match["name"], set()).add(service)
    assert where["POSTGRES_PASSWORD"] == {"postgres", "databases"}
    assert where["WAREHOUSE_OWNER_PASSWORD"] == {"databases", "migrate"}
    assert where["WAREHOUSE_LOADER_PASSWORD"] == {"databases", "scheduler"}
    assert where["WAREHOUSE_READER_PASSWORD"] == {"databases"}
    assert where["ENVERUS_SECRET_KEY"] == {"enverus-api", "scheduler"}


def test_the_example_names_every_variable_and_no_secret() -> None:
    defaults = {match["name"]: match["words"] for match in VARIABLES if match["kind"] == ":-"}
    assert example().keys() - COMPOSE_OWN == {match["name"] for match in VARIABLES}
    for name, value in example().items():
        assert bool(value) != bool(SECRET.search(name)), name
        assert value == defaults.get(name, value), name


def test_the_example_explains_every_variable() -> None:
    for paragraph in (ROOT / ".env.example").read_text().split("\n\n"):
        assert paragraph.startswith("#"), paragraph


def test_a_new_env_file_has_a_value_for_everything_and_never_the_same() -> None:
    fill = script("make_env").filled
    once, again = ({name: fill(f"{name}={value}") for name, value in example().items()} for _ in range(2))
    for name, value in example().items():
        assert len(once[name]) > len(name) + (16 if SECRET.search(name) else 1)
        assert (once[name] == again[name]) == bool(value)
    assert re.fullmatch(r"AIRFLOW_FERNET_KEY=[\w-]{43}=", once["AIRFLOW_FERNET_KEY"])


# --- programs and files


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


def test_what_commands_name_is_in_the_repository_and_in_the_image() -> None:
    used = [
        word for body in SERVICES.values() for word in (*body["command"], *body.get("healthcheck", {}).get("test", []))
    ]
    for word in used:
        if word.startswith("docker/"):
            assert (ROOT / word).is_file()
            assert re.search(rf"^COPY .*{re.escape(word)}\b", DOCKERFILE, re.MULTILINE)
    assert SERVICES["migrate"]["command"][-1] == "airflow db migrate && exec enverus migrate"
    assert "enverus" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert re.search(
        r"^@app.command\(\)\ndef migrate\(", (ROOT / "plugins/enverus_elt/cli.py").read_text(), re.MULTILINE
    )


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {body["image"] for body in SERVICES.values()} == {f"enverus-elt:{version}", "postgis/postgis:17-3.5"}
    assert [name for name, body in SERVICES.items() if "build" in body] == ["migrate"]
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+\.\d+-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_the_image_is_installed_from_the_lock_and_does_not_run_as_root() -> None:
    installs = re.findall(r"pip install[^&\n]*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--no-deps" in line for line in installs)
    assert "--require-hashes" in installs[0]
    assert "runtime_lock.py /tmp/lock/requirements.txt > /tmp/lock/runtime.txt" in DOCKERFILE
    assert "-r /tmp/lock/runtime.txt" in installs[0]
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    project = {body["user"] for body in SERVICES.values() if body["image"].startswith("enverus-elt:")}
    assert set(users[-1:]) == project == {"10001:10001"}


def test_the_image_has_the_folders_that_volumes_are_mounted_on() -> None:
    made = next(line for line in DOCKERFILE.splitlines() if "install --directory" in line).split()
    assert f"/var/lib/enverus/objects/{environment.BUCKET}" in made
    for body in SERVICES.values():
        if body["image"].startswith("enverus-elt:"):
            assert {mount.split(":")[1] for mount in body.get("volumes", [])} <= set(made)


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
    copied = {source for copy in copies for source in copy.split()[:-1]}
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)
    assert not [name for name in (".env", ".git", ".sandbox", ".venv") if any(fnmatch(name, line) for line in allowed)]


def test_the_lock_for_the_image_leaves_out_the_tools_and_nothing_else() -> None:
    runtime_lock = script("runtime_lock")
    lock = (ROOT / "requirements.txt").read_text()
    kept = {name for name, _ in runtime_lock.entries(runtime_lock.runtime(lock))}
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*groups["project"]["dependencies"], *groups["dependency-groups"]["sandbox"]]
    assert {re.split(r"[\[~<>=; ]", name)[0] for name in wanted} <= kept
    assert {"apache-airflow-core", "boto3", "shapely", "setuptools"} <= kept  # what others ask for
    assert not {"pytest", "ruff", "mypy", "playwright", "enverus-developer-api"} & kept
    assert runtime_lock.runtime(lock).count("--hash=sha256:") > len(kept)


# --- PostgreSQL


def test_postgresql_is_set_up_as_in_the_sandbox() -> None:
    of_one_machine = {"listen_addresses", "unix_socket_directories"}
    words = [word.removeprefix("--").split("=", 1) for word in SERVICES["postgres"]["command"][1:]]
    assert dict(words) == {name: value for name, value in POSTGRES_SETTINGS.items() if name not in of_one_machine}
    assert environment_of("postgres")["POSTGRES_INITDB_ARGS"].startswith("--auth=scram-sha-256 ")


def test_every_role_that_may_log_in_gets_its_password_from_the_environment() -> None:
    roles = (ROOT / "include" / "sql" / "bootstrap" / "001_roles.sql").read_text()
    wanted = {"airflow", *re.findall(r"^ALTER ROLE (\w+) LOGIN", roles, re.MULTILINE)}
    assigned = dict(re.findall(r"^ALTER ROLE (\w+) PASSWORD :'(\w+)';$", DATABASES, re.MULTILINE))
    read = dict(re.findall(r"^\\getenv (\w+) (\w+)$", DATABASES, re.MULTILINE))
    assert assigned.keys() == wanted
    assert set(assigned.values()) == read.keys()
    assert len(set(assigned.values())) == len(assigned)
    assert set(read.values()) == environment_of("databases").keys() - {"PGHOST", "PGUSER", "PGPASSWORD"}


def test_the_databases_script_finds_the_roles_where_it_is_mounted() -> None:
    included = re.findall(r"^\\ir (\S+)$", DATABASES, re.MULTILINE)
    assert included == ["../include/sql/bootstrap/001_roles.sql"]
    mounts = [mount.split(":")[:2] for mount in SERVICES["databases"]["volumes"]]
    for source, target in mounts:
        assert target == f"/bootstrap/{source.removeprefix('./')}"
    assert f"--file={mounts[0][1]}" in SERVICES["databases"]["command"]
    assert (ROOT / "docker" / included[0]).resolve().is_relative_to((ROOT / mounts[1][0]).resolve())


# --- health


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
