"""Takes the guards out, one after the other, in a copy of the repository, and runs the test that must notice.

    python -m tests.guards [name …]

Prints a line a guard and exits with 1 if the test of one stays green, or is not even green with the guard in place.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.guards.removal import Removal
from tests.guards.removals import REMOVALS

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".sandbox", ".hypothesis", ".*_cache", "__pycache__")


def main(names: Iterable[str]) -> int:
    """Run the removals with one of the names, or all."""
    wanted = [removal for removal in REMOVALS if not names or removal.guard in names]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        copy = Path(shutil.copytree(ROOT, Path(folder) / "repository", ignore=LEFT_OUT))
        (copy / ".venv").symlink_to(ROOT / ".venv")
        for removal in wanted:
            started = time.monotonic()
            red = _is_red_without(copy, removal)
            missed += not red
            verdict = "red without it" if red else "NOT NOTICED"
            print(f"{removal.guard}: {verdict} ({time.monotonic() - started:.0f} s): {removal.test}", flush=True)
    print(f"{len(wanted)} guards, {missed} of them not noticed")
    return 1 if missed else 0


def _is_red_without(copy: Path, removal: Removal) -> bool:
    path = copy / removal.path
    text = path.read_text(encoding="utf-8")
    if text.count(removal.old) != 1:
        print(f"{removal.guard}: {removal.path} has not exactly one {removal.old!r}")
        return False
    path.write_text(text.replace(removal.old, removal.new), encoding="utf-8")
    try:
        return _run(copy, removal.test) == 1
    finally:
        path.write_text(text, encoding="utf-8")


def _run(copy: Path, test: str) -> int:
    """Pytest's exit code: 1 where tests failed, others where none ran."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    log = copy.parent / "last.log"
    with log.open("w") as output:
        return subprocess.run(command, cwd=copy, stdout=output, stderr=subprocess.STDOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
