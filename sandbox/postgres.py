"""The private PostgreSQL cluster: made once below `.sandbox`, reached over 127.0.0.1 with passwords only."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psycopg

from sandbox import unprivileged
from sandbox.errors import SandboxError
from sandbox.paths import write_private
from sandbox.ports import HOST

SUPERUSER = "postgres"
ACCESS_RULES = f"host all all {HOST}/32 scram-sha-256\n"
SMALL_SHARED_MEMORY = 512 * 1024 * 1024
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path ends at 107 bytes, a checkout's may not
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",  # short queries over partitions: compiling costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class Cluster:
    """One data folder, and the command that serves it."""

    def __init__(self, folder: Path, binaries: Path, port: int, password: str) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._binaries = binaries
        self._port = port
        self._password = password

    def prepare(self) -> None:
        """Create the cluster when there is none yet, and write the settings of this start."""
        unprivileged.make_own_folder(self._folder)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._write("sandbox.conf", _settings_text({**SETTINGS, **_shared_memory(), "port": str(self._port)}))
        self._write("pg_hba.conf", ACCESS_RULES)

    def command(self) -> list[str]:
        prefix = unprivileged.command_prefix(self._folder)
        if prefix:
            prefix = [*prefix, "--pdeathsig", "INT"]  # changing the user has cleared what the keeper had set
        return [*prefix, str(self._binaries / "postgres"), "-D", str(self._data)]

    def conninfo(self, dbname: str) -> str:
        return psycopg.conninfo.make_conninfo(
            host=HOST,
            port=self._port,
            user=SUPERUSER,
            password=self._password,
            dbname=dbname,
            connect_timeout=5,
        )

    def wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            try:
                psycopg.connect(self.conninfo("postgres")).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise SandboxError(f"PostgreSQL did not start within {timeout:.0f} s: {error}") from None
                time.sleep(0.1)
            else:
                return

    def _initialise(self) -> None:
        """`initdb` into a folder beside, renamed when whole: a set-up that is cut short is done again."""
        partial = self._folder / "data.partial"
        prefix = unprivileged.command_prefix(self._folder)
        password_file = self._folder / "superuser.password"
        write_private(password_file, self._password)
        unprivileged.own(password_file)
        subprocess.run(["rm", "-rf", partial], check=True)
        command: list[str | Path] = [
            *prefix, self._binaries / "initdb", "--pgdata", partial, "--username", SUPERUSER,
            "--pwfile", password_file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
            "--data-checksums",
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
        password_file.unlink()
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines() or ["no reason given"]
            raise SandboxError(f"initdb failed: {reason[-1]}")
        with (partial / "postgresql.conf").open("a") as config:
            config.write("include 'sandbox.conf'\n")
        partial.rename(self._data)

    def _write(self, name: str, text: str) -> None:
        write_private(self._data / name, text)
        unprivileged.own(self._data / name)


def _settings_text(settings: dict[str, str]) -> str:
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def _shared_memory() -> dict[str, str]:
    """Parallel queries need shared memory; where /dev/shm is tiny (64 MB in many containers) files serve."""
    try:
        memory = os.statvfs("/dev/shm")  # noqa: S108 - asked about, not written to
    except OSError:
        return {"dynamic_shared_memory_type": "mmap"}
    large = memory.f_frsize * memory.f_bavail >= SMALL_SHARED_MEMORY
    return {"dynamic_shared_memory_type": "posix" if large else "mmap"}
