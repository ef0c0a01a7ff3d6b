"""Runs one function in a process of its own: ``python -m benchmarks.child module:function '{"argument": 1}'``.

The last line that it prints is JSON: the seconds of the call, without imports; the process's peak of memory in MB, and
that before the call; and what the function returned. Standard library only, for peers have packages of their own.
"""

import importlib
import json
import resource
import sys
import time


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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
