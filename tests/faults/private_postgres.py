"""A PostgreSQL that a test may crash and starve: a cluster of its own, with a tablespace small enough to be filled.

The tablespace is a tmpfs in a mount namespace that only the server lives in, so that nothing of the machine is mounted
or filled. Where the kernel forbids such a namespace there is no tablespace, and the server runs all the same.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from sandbox import databases, processes, system, unprivileged
from sandbox.ports import any_port
from sandbox.postgres import Cluster

SMALL = "small"
SMALL_BYTES = "48m"
SPACE = "/mnt"  # in the server's own namespace; the server must reach it by its user alone, so not below closed folders
READY = 60.0  # seconds until the server has started, stopped or recovered
# No background work that would free or take space, or write while a test looks.
SETTINGS = {"shared_buffers": "32MB", "max_wal_size": "256MB", "autovacuum": "off"}
# The process manager: mounts the folder where there is one, and starts the server again whenever it ends.
MANAGER = """
test -z "$1" || mount -t tmpfs -o "$1" tmpfs "$2" || exit 1
shift 2
trap 'kill -INT $!; wait $!; exit 0' TERM
while true; do "$@" & wait $!; done
"""


class PrivatePostgres:
    """The server; it runs while its ``with`` block does, and comes back whenever it is crashed."""

    def __init__(self, folder: Path, secrets: dict[str, str]) -> None:
        self.port = any_port()
        self.refusal = _refusal()  # why there is no small tablespace, where there is none
        self._root = folder / "postgres"
        self._log = folder / "postgres.log"
        self.cluster = Cluster(self._root, system.require_postgres(), self.port, secrets["postgres_superuser"])
        self.cluster.prepare()
        with (self._root / "data" / "postgresql.conf").open("a") as config:
            config.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())

    @contextmanager
    def running(self, secrets: dict[str, str]) -> Iterator[None]:
        """Start the server and create the warehouse; stop it at the end."""
        data = (self._root / "data").stat()
        owner = f",uid={data.st_uid},gid={data.st_gid}" if unprivileged.is_root() else ""
        options = "" if self.refusal else f"size={SMALL_BYTES},mode=0700{owner}"
        manager = [
            *_namespace(bool(self.refusal)),
            "sh",
            "-c",
            MANAGER,
            "sh",
            options,
            SPACE,
            *_as_before(self.cluster.command()),
        ]
        with self._log.open("w") as log, subprocess.Popen(manager, cwd="/", stdout=log, stderr=log) as process:
            try:
                self.cluster.wait_until_ready(timeout=READY)
                databases.bootstrap(self.cluster, secrets)
                if not self.refusal:
                    self.execute(f"CREATE TABLESPACE {SMALL} LOCATION '{SPACE}'".encode())
                yield
            finally:
                process.terminate()

    def copy_warehouse(self, name: str, tablespace: str) -> None:
        """An empty, migrated warehouse under another name; its grants are the bootstrap's, which no copy has."""
        create = sql.SQL("CREATE DATABASE {} TEMPLATE warehouse TABLESPACE {}")
        self.execute(create.format(sql.Identifier(name), sql.Identifier(tablespace)))
        self.execute(databases.bootstrap_script(), name)
        self.execute(b"CHECKPOINT")  # until its pages are written its files have holes, which take no room yet

    def drop(self, name: str) -> None:
        """Drop a copy; the room it took is free at once."""
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def crash(self) -> None:
        """Stop it in immediate mode: no session is ended in order, nothing is written out."""
        pid = int((self._root / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + READY
        while processes.is_running(pid):
            assert time.monotonic() < deadline, "the server does not stop"
            time.sleep(0.02)

    def wait_until_back(self) -> None:
        """Wait until it has recovered from a crash."""
        self.cluster.wait_until_ready(timeout=READY)

    def execute(self, statement: sql.Composed | bytes, database: str = "postgres") -> None:
        """Run a statement as the superuser."""
        with psycopg.connect(self.cluster.conninfo(database), autocommit=True) as conn:
            conn.execute(statement)


def _namespace(plain: bool) -> list[str]:
    """What to put before the process manager, so that its mounts are its own."""
    if plain:
        return []
    kind = ["--mount"] if unprivileged.is_root() else ["--user", "--map-root-user", "--mount"]
    return ["unshare", *kind, "--propagation", "private", "setpriv", "--pdeathsig", "TERM"]


def _as_before(command: Sequence[str]) -> list[str]:
    """The server's command; in a user namespace, with the caller's own id again, for the server refuses to be root."""
    if unprivileged.is_root():
        return list(command)
    return ["unshare", "--user", f"--map-user={os.getuid()}", f"--map-group={os.getgid()}", *command]


def _refusal() -> str:
    """Why a process may not mount a file system of its own here; nothing where it may."""
    probe = [*_namespace(plain=False), "mount", "-t", "tmpfs", "tmpfs", SPACE]
    done = subprocess.run(probe, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip() or f"{probe[0]} failed")
