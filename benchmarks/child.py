"""Runs one function in a process of its own: ``python -m benchmarks.child module:function '{"argument": 1}'``.

The last line that it prints is JSON: the seconds of the call, without imports; the process's peak of memory in MB, and
that before the call; and what the function returned. Standard library only, for peers have packages of their own.
"""

import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Import, call, report."""
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    arguments = json.loads(sys.argv[2])
    before = _peak()
    started = time.perf_counter()
    value = function(**arguments)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mb": _peak(), "imported_mb": before, "value": value}, default=str))


def _peak() -> float:
    """Of this program alone: what getrusage says goes back to before it was started, to its parent's size."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) / 1024
    raise SystemExit("/proc/self/status has no VmHWM")


if __name__ == "__main__":
    main()
