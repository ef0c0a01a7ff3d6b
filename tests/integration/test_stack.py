"""The embedded stack: it starts whole, minds its neighbours, and leaves nothing behind however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import httpx
import psycopg
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import environment, processes
from sandbox.airflow_client import AirflowClient
from sandbox.keeper import answers
from sandbox.paths import REPOSITORY, StateDir
from sandbox.settings import Settings
from sandbox.stack import Stack

HOLD = """
import sys, time
from pathlib import Path
from sandbox.foreground import stop_on_signal
from sandbox.stack import Stack
state, dags, *parts = sys.argv[1:]
with stop_on_signal(), Stack(Path(state), parts, Path(dags), well_known_ports=False) as stack:
    print("ready", flush=True)
    while stack.is_running():
        time.sleep(0.1)
"""
SLEEPER = """
import time
from airflow.sdk import dag, task

@dag(schedule=None)
def sleeper():
    @task
    def sleep():
        time.sleep(600)
    sleep()

sleeper()
"""
DATABASE_AND_OBJECTS = ("postgres", "objects")


class Holder:
    """A stack in a process of its own, so that it can be killed."""

    def __init__(self, state_dir: Path, dags: Path, *parts: str) -> None:
        self.state = StateDir(state_dir)
        command = [sys.executable, "-c", HOLD, str(state_dir), str(dags), *parts]
        self.process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.settings = Settings.load(self.state.settings)

    @property
    def supervisor(self) -> int:
        return int(self.state.supervisor_pid.read_text())

    def everything(self) -> list[int]:
        return [self.process.pid, *processes.descendants(self.process.pid)]


@contextlib.contextmanager
def holding(state_dir: Path, dags: Path, *parts: str) -> Iterator[Holder]:
    holder = Holder(state_dir, dags, *parts)
    try:
        yield holder
    finally:
        holder.process.terminate()
        holder.process.wait(timeout=60)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Holder]:
    with holding(tmp_path / "state", tmp_path, *DATABASE_AND_OBJECTS) as holder:
        yield holder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    """For tests that only look."""
    folder = tmp_path_factory.mktemp("shared")
    with holding(folder / "state", folder, *DATABASE_AND_OBJECTS) as holder:
        yield holder


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def assert_all_gone(pids: list[int], settings: Settings) -> None:
    def left() -> list[str]:
        return [processes.command_line(pid) for pid in pids if processes.is_running(pid)]

    with contextlib.suppress(AssertionError):
        wait_until(lambda: not left())
    assert left() == []
    assert [port for port in settings.ports.values() if answers(port)] == []


def test_everything_is_healthy_and_dies_with_its_manager_even_while_a_task_runs(tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "sleeper.py").write_text(SLEEPER)
    with holding(tmp_path / "state", dags, "postgres", "objects", "api", "airflow") as holder:
        env = environment.from_file(holder.state.env_file)
        health = httpx.get(f"{env['AIRFLOW_UI_URL']}/api/v2/monitor/health", trust_env=False).json()
        assert {part: health[part]["status"] for part in health} == dict.fromkeys(health, "healthy")
        with AirflowClient(env["AIRFLOW_UI_URL"], "qa", holder.settings.secrets["ui_qa"]) as client:
            wait_until(lambda: "sleeper" in client.dag_ids())
            client.unpause("sleeper")
            client.trigger("sleeper", "one")
            wait_until(lambda: any(task["state"] == "running" for task in client.tasks("sleeper", "one")))
        scheduler = json.loads((holder.state.programs / "scheduler.json").read_text())["env"]
        assert not environment.PEOPLE_ONLY & scheduler.keys()

        pids = holder.everything()
        os.kill(holder.supervisor, signal.SIGKILL)
        assert_all_gone(pids, holder.settings)


def test_killing_the_starting_process_ends_the_programs(parts: Holder) -> None:
    pids = parts.everything()
    parts.process.kill()
    parts.process.wait()
    assert_all_gone(pids, parts.settings)


def test_sigterm_ends_the_programs_and_a_second_start_finds_the_data(parts: Holder, tmp_path: Path) -> None:
    pids = parts.everything()
    parts.process.terminate()
    parts.process.wait(timeout=60)
    assert_all_gone(pids, parts.settings)
    with Stack(parts.state.root, DATABASE_AND_OBJECTS, well_known_ports=False) as again:
        assert again.settings.secrets == parts.settings.secrets
        assert again.settings.ports == parts.settings.ports


def test_a_program_that_dies_is_started_again(parts: Holder) -> None:
    def object_stores() -> list[int]:
        return [pid for pid in parts.everything() if "serve s3" in processes.command_line(pid)]

    port = parts.settings.ports["objects"]
    killed = object_stores()[0]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not answers(port), 5)
    wait_until(lambda: answers(port))
    started = object_stores()
    assert len(started) == 1
    assert killed not in started


def test_a_second_start_of_the_same_folder_is_refused_and_changes_nothing(shared: Holder) -> None:
    command = [sys.executable, "-m", "sandbox", "run", "--state-dir", shared.state.root, "--", "true"]
    second = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr.startswith("error: the stack of this clone already runs (pid ")
    assert f"(pid {shared.process.pid})" in second.stderr
    assert answers(shared.settings.ports["postgres"])


def test_a_port_that_somebody_listens_on_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = foreign.getsockname()[1]
        monkeypatch.setattr("sandbox.stack.PREFERRED", {"objects": taken})
        with Stack(tmp_path / "state", ["objects"]) as stack:
            assert stack.settings.ports["objects"] != taken
            assert stack.env["AIRFLOW_CONN_OBJECT_STORE"].count(f":{stack.settings.ports['objects']}") == 1


def test_roles_have_no_more_rights_than_they_need(shared: Holder) -> None:
    env = environment.from_file(shared.state.env_file)

    def connect(name: str) -> psycopg.Connection:
        given = json.loads(env[f"AIRFLOW_CONN_{name}"])
        return psycopg.connect(
            host=given["host"],
            port=given["port"],
            dbname=given["schema"],
            user=given["login"],
            password=given["password"],
        )

    with connect("WAREHOUSE_OWNER") as owner:
        owner.execute("CREATE SCHEMA try")
        owner.execute("SELECT ST_Point(1, 2)")
        supers = owner.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'enverus%' AND rolsuper").fetchone()
        assert supers == (0,)
    for name in ("WAREHOUSE", "WAREHOUSE_READER"):
        with connect(name) as connection, pytest.raises(psycopg.Error):
            connection.execute("CREATE SCHEMA mine")
    with connect("WAREHOUSE") as loader:
        loader.execute("SET ROLE enverus_marts")
    assert not list(shared.state.postgres.rglob(".s.PGSQL*"))


def test_object_store_takes_multipart_uploads_and_refuses_a_wrong_signature(shared: Holder) -> None:
    given = json.loads(environment.from_file(shared.state.env_file)["AIRFLOW_CONN_OBJECT_STORE"])

    def client(secret: str):  # type: ignore[no-untyped-def]
        return boto3.client(
            "s3", endpoint_url=given["extra"]["endpoint_url"], region_name="us-east-1",
            aws_access_key_id=given["login"], aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )  # fmt: skip

    store, body = client(given["password"]), os.urandom(6 * 1024 * 1024)
    upload = store.create_multipart_upload(Bucket="enverus", Key="exports/a b/é.bin")["UploadId"]
    found = [
        {
            "PartNumber": number,
            "ETag": store.upload_part(
                Bucket="enverus", Key="exports/a b/é.bin", UploadId=upload, PartNumber=number, Body=body
            )["ETag"],
        }
        for number in (1, 2)
    ]
    store.complete_multipart_upload(
        Bucket="enverus", Key="exports/a b/é.bin", UploadId=upload, MultipartUpload={"Parts": found}
    )
    assert store.get_object(Bucket="enverus", Key="exports/a b/é.bin")["Body"].read() == body * 2
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client("wrong" * 5).list_objects_v2(Bucket="enverus")


def test_what_holds_secrets_is_closed_to_others(shared: Holder) -> None:
    open_to_others = [
        path
        for path in (shared.state.root, *shared.state.root.glob("*"), *shared.state.programs.glob("*"))
        if path.stat().st_mode & 0o007
    ]
    assert open_to_others == []
