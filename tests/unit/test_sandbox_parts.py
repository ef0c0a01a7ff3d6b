"""The stack's own logic, without a socket or a service: ports, settings, lock, generated configuration."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator
from configparser import RawConfigParser
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from sandbox import airflow_settings, cli, environment, ports, programs, python_packages, supervisor, system
from sandbox.errors import SandboxError
from sandbox.keeper import Spec
from sandbox.lock import AlreadyRunningError, StackLock, running_pid
from sandbox.paths import StateDir
from sandbox.settings import GENERATORS, Settings
from sandbox.stack import Stack

PORTS = {"postgres": 54320, "objects": 9000, "api": 8081, "ui": 8099}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    loaded = Settings.load(tmp_path / "settings.json")
    loaded.ports = dict(PORTS)
    return loaded


def test_a_port_is_the_first_of_those_wanted_that_can_be_claimed() -> None:
    free = {2, 3}
    chosen = ports.choose(["ui"], {"ui": [1, 2, 3]}, free.__contains__, fallback=lambda: 4)
    assert chosen == {"ui": 2}


def test_a_port_is_asked_of_the_system_until_one_can_be_claimed() -> None:
    offers = iter([7, 8, 9])
    assert ports.choose(["ui"], {"ui": [1]}, {9}.__contains__, fallback=lambda: next(offers)) == {"ui": 9}


def test_two_names_never_get_the_same_port() -> None:
    taken: set[int] = set()

    def claim(port: int) -> bool:
        return port not in taken and not taken.add(port)

    chosen = ports.choose(["ui", "api"], {"ui": [5], "api": [5, 6]}, claim)
    assert chosen == {"ui": 5, "api": 6}


def test_secrets_are_generated_once_and_kept_in_a_closed_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    first = Settings.load(path)
    first.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Settings.load(path) == first
    assert first.secrets.keys() == GENERATORS.keys()
    assert len(set(first.secrets.values())) == len(first.secrets)


def test_a_secret_that_a_newer_version_needs_is_added_to_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"ports": {"ui": 1}, "secrets": {"ui_admin": "kept"}}))
    loaded = Settings.load(path)
    assert loaded.secrets["ui_admin"] == "kept"
    assert loaded.secrets.keys() == GENERATORS.keys()


def _hold(path: Path, held: Event, release: Event) -> None:
    lock = StackLock(path)
    lock.acquire()
    lock.describe("http://127.0.0.1:8080")
    held.set()
    release.wait(30)
    os._exit(1)  # as if it had been killed: nothing is cleaned up


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[tuple[Path, int, Event]]:
    context = multiprocessing.get_context("fork")
    held, release, path = context.Event(), context.Event(), tmp_path / "lock"
    process = context.Process(target=_hold, args=(path, held, release))
    process.start()
    assert held.wait(10)
    assert process.pid is not None
    yield path, process.pid, release
    release.set()
    process.join()


def test_a_held_lock_says_who_holds_it_and_where(holder: tuple[Path, int, Event]) -> None:
    path, pid, _ = holder
    with pytest.raises(AlreadyRunningError, match=rf"pid {pid}\) at http://127.0.0.1:8080"):
        StackLock(path).acquire()
    assert running_pid(path) == pid


def test_the_lock_of_a_dead_process_is_free(holder: tuple[Path, int, Event]) -> None:
    path, pid, release = holder
    release.set()
    os.waitpid(pid, 0)
    assert running_pid(path) is None
    lock = StackLock(path)
    lock.acquire()
    lock.release()
    assert running_pid(path) is None


def test_supervisor_config_survives_odd_paths_and_holds_no_secret(tmp_path: Path, settings: Settings) -> None:
    state = StateDir(tmp_path / "50 % of\u00e9")
    state.create()
    program = programs.objects(state, settings)
    text = supervisor.config_text([program], state)
    config = RawConfigParser()
    config.read_string(text)
    assert config["program:objects"]["command"].endswith('50 %% of\u00e9/programs/objects.json"')
    assert config["group:objects"]["programs"] == "objects"
    assert not [secret for secret in settings.secrets.values() if secret in text]


def test_no_secret_is_in_a_command_line(tmp_path: Path, settings: Settings) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    every = [programs.objects(state, settings), programs.api(state, settings), *programs.airflow(state, settings, {})]
    words = " ".join(word for program in every for word in program.spec.argv)
    assert not [secret for secret in settings.secrets.values() if secret in words]


def test_a_spec_reads_back_as_written(tmp_path: Path) -> None:
    spec = Spec(["a", "b c"], {"K": "v"}, "/", wait_for_ports=[1], wait_for_file="x", stop_signal=2, grace=3)
    path = tmp_path / "spec.json"
    path.write_text(spec.to_json())
    assert Spec.read(path) == spec


def test_a_spec_waits_for_its_file(tmp_path: Path) -> None:
    spec = Spec(["a"], {}, "/", wait_for_file=str(tmp_path / "ready"))
    assert not spec.can_start()
    (tmp_path / "ready").touch()
    assert spec.can_start()


def test_the_three_airflow_settings_that_name_the_address_agree(tmp_path: Path, settings: Settings) -> None:
    found = airflow_settings.variables(StateDir(tmp_path), settings, tmp_path / "dags")
    assert found["AIRFLOW__API__PORT"] == "8099"
    assert found["AIRFLOW__API__BASE_URL"] == found["AIRFLOW_UI_URL"] == "http://127.0.0.1:8099"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8099/execution/"


def test_airflow_gets_loader_and_reader_and_not_the_owner(settings: Settings) -> None:
    everything = environment.connections(settings)
    given = environment.for_airflow(everything)
    assert everything.keys() - given.keys() == {"AIRFLOW_CONN_WAREHOUSE_OWNER"}
    assert json.loads(given["AIRFLOW_CONN_WAREHOUSE"])["login"] == "enverus_loader"


def test_connections_are_of_the_parts_that_run(settings: Settings) -> None:
    found = environment.connections(Settings({"objects": 9000}, settings.secrets))
    assert list(found) == ["AIRFLOW_CONN_OBJECT_STORE", "AIRFLOW_CONN_LANDING_ZONE", "AIRFLOW_CONN_DATA_LAKE"]


def test_the_environment_does_not_take_the_callers_airflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/ca.pem")
    base = environment.base(StateDir(tmp_path))
    assert not {"AIRFLOW_HOME", "PGHOST"} & base.keys()
    assert base["SSL_CERT_FILE"] == "/etc/ssl/ca.pem"


def test_the_env_file_reads_back_with_its_quotes(tmp_path: Path) -> None:
    env = {"A": '{"x": "it\'s"}', "B": "plain", "C": "a=b c"}
    path = tmp_path / "stack.env"
    path.write_text(environment.to_text(env))
    assert environment.from_file(path) == env


@pytest.mark.parametrize(
    ("parts", "words"), [(["redis"], "no such component: redis"), (["airflow"], "airflow needs postgres")]
)
def test_a_stack_of_unknown_or_missing_parts_is_refused(tmp_path: Path, parts: list[str], words: str) -> None:
    with pytest.raises(SandboxError, match=words):
        Stack(tmp_path, parts)


def test_pip_settings_are_passed_on_to_uv() -> None:
    listed = "global.index-url='https://mirror/simple'\n:env:.cert='/ca.pem'\nglobal.find-links='/a /b'\nodd\n"
    assert python_packages.uv_environment(listed) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror/simple",
        "SSL_CERT_FILE": "/ca.pem",
        "UV_FIND_LINKS": "/a,/b",
    }


def test_the_newest_postgres_with_postgis_is_found(tmp_path: Path) -> None:
    for version, has_postgis in (("14", True), ("15", True), ("16", True), ("17", False)):
        (tmp_path / "lib" / version / "bin").mkdir(parents=True)
        (tmp_path / "lib" / version / "bin" / "initdb").touch()
        if has_postgis:
            extension = tmp_path / "share" / version / "extension"
            extension.mkdir(parents=True)
            (extension / "postgis.control").touch()
    found = system.find_postgres(tmp_path / "lib", tmp_path / "share")
    assert found == tmp_path / "lib" / "16" / "bin"


def test_postgres_packages_are_named_after_the_newest_version_apt_has() -> None:
    names = ["postgresql-15-postgis-3", "postgresql-17-postgis-3", "postgresql-17-postgis-3-scripts", "postgresql-18"]
    assert system.postgres_packages(names) == ["postgresql-17", "postgresql-17-postgis-3"]


@pytest.mark.parametrize(
    ("text", "decides"),
    [("#create_main_cluster = true\n", False), ("port = 1\ncreate_main_cluster = true\n", True), (None, False)],
)
def test_a_decision_about_the_machines_own_cluster_is_respected(
    tmp_path: Path, text: str | None, decides: bool
) -> None:
    path = tmp_path / "createcluster.conf"
    if text is not None:
        path.write_text(text)
    assert system.decides_about_cluster(path) is decides


def test_the_packages_of_test_tools_that_are_missing_are_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    assert system.missing_test_tools() == ["chromium", "gdal-bin"]
    monkeypatch.setattr("shutil.which", lambda program: None if program == "ogr2ogr" else f"/usr/bin/{program}")
    assert system.missing_test_tools() == ["gdal-bin"]


def test_a_release_whose_postgres_is_too_old_is_one_clear_error() -> None:
    with pytest.raises(SandboxError, match="no PostgreSQL 15 or newer"):
        system.postgres_packages(["postgresql-14-postgis-3"])


def test_errors_are_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_options: object) -> int:
        raise SandboxError("no such thing")

    monkeypatch.setattr("sandbox.clean.clean", fail)
    assert cli.main(["clean"]) == 1
    assert capsys.readouterr().err == "error: no such thing\n"


def test_run_passes_the_commands_own_options_on() -> None:
    options = cli.parser().parse_args(["run", "--only", "postgres", "--", "pytest", "-x", "--only"])
    assert options.argv == ["pytest", "-x", "--only"]
