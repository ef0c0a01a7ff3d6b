"""`make clean`: back to what git knows. Standard library only: it must work on a broken installation."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import time

from sandbox import lock, processes
from sandbox.errors import SandboxError
from sandbox.paths import DEFAULT_STATE_DIR, REPOSITORY, VENV, StateDir

CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", "build")
SOURCES = ("dags", "plugins", "sandbox", "tests", "benchmarks")
PATIENCE = 60


def clean(_options: argparse.Namespace) -> int:
    _stop_stack(StateDir(DEFAULT_STATE_DIR))
    for folder in (DEFAULT_STATE_DIR, *(REPOSITORY / name for name in CACHES), VENV):
        if folder.exists():
            shutil.rmtree(folder)
    for source in SOURCES:
        for pattern in ("__pycache__", "*.egg-info"):
            for folder in (REPOSITORY / source).rglob(pattern):
                shutil.rmtree(folder)
    return 0


def _stop_stack(state: StateDir) -> None:
    """Stop the process that holds the lock, after making sure that it is a stack's."""
    pid = lock.running_pid(state.lock)
    if pid is None:
        return
    if "sandbox" not in processes.command_line(pid):
        raise SandboxError(f"process {pid} holds {state.lock} but is no stack; end it and try again")
    print(f"stopping the stack that runs as process {pid}")
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while lock.running_pid(state.lock) is not None:
        if time.monotonic() > deadline:
            raise SandboxError(f"the stack (process {pid}) did not stop within {PATIENCE} s")
        time.sleep(0.2)
