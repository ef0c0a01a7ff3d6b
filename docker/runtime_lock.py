"""The part of requirements.txt that a running system needs: `runtime_lock.py requirements.txt`, printed.

The lock file holds the tools of `make lint` and `make test` as well. Its comments say which package each one is
there for (`# via …`), so what only the group `dev` asks for can be told apart. Versions and hashes stay untouched.
"""

import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)
WHO = re.compile(r"^ +#(?: via)? +(\S.*)$", re.MULTILINE)
PROJECT = "(pyproject.toml"
TOOLS = "(pyproject.toml:dev)"


def entries(lock: str) -> list[tuple[str, str]]:
    """Name and text of each locked package; a name comes twice where the version depends on the machine."""
    starts = [*ENTRY.finditer(lock)]
    ends = [*(start.start() for start in starts[1:]), len(lock)]
    return [(start["name"], lock[start.start() : end]) for start, end in zip(starts, ends, strict=True)]


def runtime(lock: str) -> str:
    """The lock file without the packages that only the group `dev` leads to."""
    packages = entries(lock)
    wanted: set[str] = set()
    while found := {name for name, text in packages if name not in wanted and _is_wanted(text, wanted)}:
        wanted |= found
    if not wanted:
        raise SystemExit("runtime_lock: no package of the lock file says what it is there for")
    return "".join(text for name, text in packages if name in wanted)


def _is_wanted(text: str, wanted: set[str]) -> bool:
    reasons = WHO.findall(text)
    return any(reason in wanted or (PROJECT in reason and TOOLS not in reason) for reason in reasons)


if __name__ == "__main__":
    sys.stdout.write(runtime(Path(sys.argv[1]).read_text(encoding="utf-8")))
