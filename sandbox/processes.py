"""What runs below this process, read from /proc, and how to end it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path


def parents() -> dict[int, int]:
    """Parent of every process of the machine that still runs (zombies have ended already)."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(stat.parent.name)] = int(parent)
    return found


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, children first."""
    children: dict[int, list[int]] = {}
    for child, parent in parents().items():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def reap() -> None:
    """Collect children that have ended, so that they do not stay as zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end_descendants(patience: float) -> None:
    """End everything below this process: ask, wait for `patience` seconds, then kill.

    Needs `prctl.adopt_orphans`: only then a process whose parent has ended is still below this one.
    """
    signal_all(descendants(os.getpid()), signal.SIGTERM)
    deadline = time.monotonic() + patience
    while (left := descendants(os.getpid())) and time.monotonic() < deadline:
        reap()
        time.sleep(0.05)
    while left:
        with contextlib.suppress(OSError):  # nobody reads the output once the supervisor was killed
            print("killing what did not end:", *map(command_line, left), sep="\n  ", flush=True)
        signal_all(left, signal.SIGKILL)
        time.sleep(0.05)
        reap()
        left = descendants(os.getpid())
    reap()


def is_running(pid: int) -> bool:
    return pid in parents()


def command_line(pid: int) -> str:
    """The command line of a process, or nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""
