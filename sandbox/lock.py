"""One stack a folder: a lock that the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from sandbox.errors import SandboxError


class AlreadyRunningError(SandboxError):
    """Another process holds this folder's stack."""

    def __init__(self, pid: int, address: str) -> None:
        at = f" at {address}" if address else ""
        super().__init__(f"the stack of this clone already runs (pid {pid}){at}; stop it with Ctrl-C or `kill {pid}`")
        self.pid = pid


class StackLock:
    """The lock file; its content says who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        file = self._path.open("a+")
        self._path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise AlreadyRunningError(*read_holder(self._path)) from None
        self._file = file
        self.describe("")

    def describe(self, address: str) -> None:
        """Say where the stack of the holder can be reached."""
        if self._file is None:
            raise RuntimeError("the lock is not held")
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "address": address}, self._file)
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def read_holder(path: Path) -> tuple[int, str]:
    """The pid and address in a lock file; pid 0 when it says nothing."""
    try:
        holder = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return 0, ""
    return int(holder["pid"]), str(holder["address"])


def running_pid(path: Path) -> int | None:
    """Pid of the process that holds the lock now, or None when nobody does."""
    if not path.exists():
        return None
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return read_holder(path)[0]
    return None
