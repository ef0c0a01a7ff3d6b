"""The process manager: supervisord in the foreground, with a configuration written at each start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from configparser import RawConfigParser
from io import StringIO
from pathlib import Path

from sandbox import prctl, processes
from sandbox.errors import SandboxError
from sandbox.paths import REPOSITORY, StateDir, write_private
from sandbox.programs import Program

LOG_BYTES = "5MB"
LOG_BACKUPS = "2"
STOP_SECONDS = 40  # more than any keeper's own grace and patience: it is the keepers that end the programs


def config_text(programs: list[Program], state: StateDir) -> str:
    """Supervisor's configuration. It holds no secret: those are in the files that the keepers read."""
    config = RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": _escape(state.logs / "supervisord.log"),
        "logfile_maxbytes": LOG_BYTES,
        "logfile_backups": LOG_BACKUPS,
        "pidfile": _escape(state.supervisor_pid),
        "childlogdir": _escape(state.logs),
    }
    if os.geteuid() == 0:
        config["supervisord"]["user"] = "root"
    for program in programs:
        config[f"program:{program.name}"] = _program_section(program, state)
    for group in dict.fromkeys(program.group for program in programs):
        members = [program for program in programs if program.group == group]
        names = ",".join(program.name for program in members)
        config[f"group:{group}"] = {"programs": names, "priority": str(members[0].rank)}
    text = StringIO()
    config.write(text)
    return text.getvalue()


def _program_section(program: Program, state: StateDir) -> dict[str, str]:
    keeper = f'"{_escape(Path(sys.executable))}" -m sandbox.keeper "{_escape(spec_path(program, state))}"'
    return {
        "command": keeper,
        "directory": _escape(REPOSITORY),
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "10",
        "stopsignal": "TERM",
        "stopwaitsecs": str(STOP_SECONDS),
        "stopasgroup": "false",  # the keeper stops its program in the program's own way
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": _escape(log_path(program.name, state)),
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
    }


def spec_path(program: Program, state: StateDir) -> Path:
    return state.programs / f"{program.name}.json"


def log_path(name: str, state: StateDir) -> Path:
    return state.logs / f"{name}.log"


def _escape(path: Path) -> str:
    """Supervisor expands %(name)s in every value."""
    return str(path).replace("%", "%%")


class Supervisor:
    """The running supervisord, a child of this process that ends with it."""

    def __init__(self, state: StateDir) -> None:
        self._state = state
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, programs: list[Program]) -> None:
        for program in programs:
            write_private(spec_path(program, self._state), program.spec.to_json())
        write_private(self._state.supervisor_config, config_text(programs, self._state))
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._state.supervisor_config)]
        self._process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            umask=0o077,
            start_new_session=True,  # Ctrl-C is for the caller, who then stops the stack in order
            preexec_fn=lambda: prctl.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - only prctl is called
        )

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop all programs in order; returns when the last of them has ended."""
        if self._process is not None:
            if self.is_running():
                self._process.terminate()
            self._process.wait()
            self._process = None


def wait_for_previous(state: StateDir, timeout: float = STOP_SECONDS) -> None:
    """Wait until what is left of a killed stack has ended: the kernel tells its programs to."""
    deadline = time.monotonic() + timeout
    while pids := _of_this_stack(state):
        if time.monotonic() > deadline:
            raise SandboxError(
                f"programs of an earlier stack still run; stop them with: kill {' '.join(map(str, pids))}"
            )
        time.sleep(0.2)


def _of_this_stack(state: StateDir) -> list[int]:
    """Supervisor and keepers that were started for this folder, and no process beside them."""
    marks = (f"-c {state.supervisor_config}", f"-m sandbox.keeper {state.programs}/")
    return [pid for pid in processes.parents() if any(mark in processes.command_line(pid) for mark in marks)]
