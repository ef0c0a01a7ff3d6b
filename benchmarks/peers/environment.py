"""The peers' packages, in an environment of their own."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from sandbox.paths import REPOSITORY
from sandbox.python_packages import pip_settings, uv_environment

LOCK = Path(__file__).with_name("requirements.txt")
VENV = REPOSITORY / ".sandbox" / "peers"
PYTHON = VENV / "bin" / "python"
UV = Path(sys.executable).with_name("uv")


def python() -> Path:
    """The interpreter that has them; made when it is not there or the lock file has changed."""
    stamp, wanted = VENV / "installed.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        subprocess.run(_install(), env=_environment(), check=True)
        stamp.write_text(wanted)
    return PYTHON


def _install() -> list[str]:
    if UV.exists():
        return [str(UV), "pip", "sync", "--quiet", "--require-hashes", str(LOCK)]
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]


def _environment() -> dict[str, str]:
    settings = pip_settings([sys.executable, "-m", "pip"])
    return {**os.environ, **uv_environment(settings), "VIRTUAL_ENV": str(VENV)}
