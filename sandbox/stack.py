"""A whole stack, or parts of it, as a context manager."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox import airflow_settings, databases, environment, health, programs, system
from sandbox.errors import SandboxError
from sandbox.lock import StackLock
from sandbox.paths import DEFAULT_STATE_DIR, REPOSITORY, VENV, StateDir, write_private
from sandbox.ports import PREFERRED, PortReservation, choose
from sandbox.postgres import Cluster
from sandbox.settings import Settings
from sandbox.supervisor import Supervisor, wait_for_previous

PORT_OF = {"postgres": "postgres", "objects": "objects", "api": "api", "airflow": "ui"}


class Stack:
    """Programs that run while the `with` block does; `env` says how to reach them.

    A stack with a state folder of its own shares nothing with another one, whatever clone that belongs to.
    """

    def __init__(
        self,
        state_dir: Path = DEFAULT_STATE_DIR,
        components: Iterable[str] = programs.COMPONENTS,
        dags_folder: Path = REPOSITORY / "dags",
        well_known_ports: bool = True,
    ) -> None:
        self.state = StateDir(state_dir.absolute())
        self.components = _checked(components)
        self.env: dict[str, str] = {}
        self._dags_folder = dags_folder.absolute()
        self._well_known_ports = well_known_ports
        self._lock = StackLock(self.state.lock)
        self._reservation = PortReservation()
        self._supervisor = Supervisor(self.state)
        self.settings = Settings()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start every component and return when all are healthy; on failure nothing is left running."""
        self.state.create()
        self._lock.acquire()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every program; returns when the last has ended, also when the process manager was killed."""
        self._supervisor.stop()
        wait_for_previous(self.state)
        self._reservation.release()
        self._lock.release()

    def superuser(self, database: str) -> str:
        """What the DBA connects with."""
        return self._cluster().conninfo(database)

    def is_running(self) -> bool:
        return self._supervisor.is_running()

    def _start(self) -> None:
        wait_for_previous(self.state)
        self.state.ready.unlink(missing_ok=True)
        self.settings = Settings.load(self.state.settings)
        self._choose_ports()
        self.settings.save(self.state.settings)
        self.env = self._environment()
        write_private(self.state.env_file, environment.to_text(self.env))
        cluster = self._cluster() if "postgres" in self.components else None
        if cluster is not None:
            cluster.prepare()
        self._supervisor.start(self._programs(cluster))
        if cluster is not None:
            cluster.wait_until_ready(timeout=60)
            databases.bootstrap(cluster, self.settings.secrets)
        if "airflow" in self.components:
            self._migrate_airflow()
            self._lock.describe(airflow_settings.ui_url(self.settings))
        self.state.ready.touch(mode=0o600)
        health.wait_until_healthy(self.components, self.settings, self.state, self.is_running)

    def _choose_ports(self) -> None:
        """Keep the ports of the last start where they are free, so that bookmarks stay good."""
        last = self.settings.ports
        well_known = PREFERRED if self._well_known_ports else {}
        names = [PORT_OF[component] for component in self.components]
        wanted = {name: [port for ports in (last, well_known) if (port := ports.get(name))] for name in names}
        self.settings.ports = {**last, **choose(names, wanted, self._reservation.claim)}

    def _environment(self) -> dict[str, str]:
        started = {name: self.settings.ports[name] for name in (PORT_OF[part] for part in self.components)}
        env = {
            **environment.base(self.state),
            **environment.connections(Settings(started, self.settings.secrets)),
        }
        if "airflow" in self.components:
            airflow_settings.write_passwords(self.state, self.settings)
            env |= airflow_settings.variables(self.state, self.settings, self._dags_folder)
        return env

    def _cluster(self) -> Cluster:
        binaries = system.require_postgres()
        secret = self.settings.secrets["postgres_superuser"]
        return Cluster(self.state.postgres, binaries, self.settings.ports["postgres"], secret)

    def _programs(self, cluster: Cluster | None) -> list[programs.Program]:
        wanted: list[programs.Program] = []
        if cluster is not None:
            wanted.append(programs.postgres(cluster, self.state))
        if "objects" in self.components:
            wanted.append(programs.objects(self.state, self.settings))
        if "api" in self.components:
            wanted.append(programs.api(self.state, self.settings))
        if "airflow" in self.components:
            wanted += programs.airflow(self.state, self.settings, environment.for_airflow(self.env))
        return wanted

    def _migrate_airflow(self) -> None:
        """Create or upgrade Airflow's tables, once a version: asking whether it is needed takes as long."""
        version = metadata.version("apache-airflow-core")
        if self.settings.airflow_schema == version:
            return
        log = self.state.logs / "airflow-db-migrate.log"
        with log.open("w") as output:
            done = subprocess.run(
                [VENV / "bin" / "airflow", "db", "migrate"],
                check=False, env=environment.for_airflow(self.env), cwd=REPOSITORY, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        if done.returncode != 0:
            raise SandboxError(f"`airflow db migrate` failed: {health.last_line(log)} (all of it: {log})")
        self.settings.airflow_schema = version
        self.settings.save(self.state.settings)


def _checked(components: Iterable[str]) -> tuple[str, ...]:
    wanted = set(components)
    unknown = wanted.difference(programs.COMPONENTS)
    if unknown:
        raise SandboxError(f"no such component: {', '.join(sorted(unknown))}; known: {', '.join(programs.COMPONENTS)}")
    if "airflow" in wanted and "postgres" not in wanted:
        raise SandboxError("airflow needs postgres")
    return tuple(name for name in programs.COMPONENTS if name in wanted)
