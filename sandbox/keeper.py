"""Runs one program of the stack, and leaves nothing of it behind: `python -m sandbox.keeper SPEC.json`.

The supervisor starts one keeper a program. A signal to a process group is not enough to end Airflow: each
running task is a group of its own, and outlives a scheduler that is killed. The keeper is therefore the one
that orphans below it fall to, so it can end all of them; and the kernel ends the keeper when the supervisor
goes, even by SIGKILL. The specification is a file so that no secret shows in a command line. Only the
standard library is imported: there is one keeper a program, and each should stay small.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sandbox import prctl, processes


@dataclass(frozen=True)
class Spec:
    """A program: how to start it, what must be there first, and how it likes to be stopped."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    wait_for_ports: list[int] = field(default_factory=list)
    wait_for_file: str = ""
    stop_signal: int = signal.SIGTERM
    grace: int = 10

    @classmethod
    def read(cls, path: Path) -> Spec:
        return cls(**json.loads(path.read_text()))

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    def can_start(self) -> bool:
        """True once the ports it depends on answer and the file it waits for exists."""
        return (not self.wait_for_file or Path(self.wait_for_file).exists()) and all(map(answers, self.wait_for_ports))


def answers(port: int) -> bool:
    """True when something on this machine accepts connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Keeper:
    """Holds the program's process between its start and its end."""

    PATIENCE = 5  # seconds between asking what is left to end, and killing it

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        prctl.die_with_parent(signal.SIGTERM)
        prctl.adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        while not self._spec.can_start():
            time.sleep(0.2)
        self._child = self._start()
        code = self._wait()
        signal.alarm(0)
        processes.end_descendants(self.PATIENCE)
        return code

    def _start(self) -> subprocess.Popen[bytes]:
        stop_signal = signal.Signals(self._spec.stop_signal)
        return subprocess.Popen(
            self._spec.argv,
            env=self._spec.env,
            cwd=self._spec.cwd,
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: prctl.die_with_parent(stop_signal),  # noqa: PLW1509 - no threads here
        )

    def _wait(self) -> int:
        """Collect whatever ends below, until the program itself does."""
        while True:
            pid, status = os.wait()
            if self._child is not None and pid == self._child.pid:
                code = self._child.returncode = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._child is None:
            sys.exit(0)
        processes.signal_all([self._child.pid], signal.Signals(self._spec.stop_signal))
        signal.alarm(self._spec.grace)

    def _kill(self, _number: int, _frame: FrameType | None) -> None:
        if self._child is not None:
            processes.signal_all(processes.descendants(self._child.pid), signal.SIGTERM)
            processes.signal_all([self._child.pid], signal.SIGKILL)


def main() -> NoReturn:
    sys.exit(Keeper(Spec.read(Path(sys.argv[1]))).run())


if __name__ == "__main__":
    main()
