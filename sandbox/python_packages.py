"""The virtual environment with exactly the locked packages. Standard library only."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys

from sandbox.errors import SandboxError
from sandbox.paths import REPOSITORY, VENV

LOCK = REPOSITORY / "requirements.txt"
PROJECT = REPOSITORY / "pyproject.toml"
STAMP = VENV / "installed.sha256"
PYTHON = VENV / "bin" / "python"
# What pip is told about the network, in pip's words and in uv's.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
COMMA_SEPARATED = {"find-links"}


def install() -> None:
    """Bring `.venv` to the state of the lock file; do nothing when it is there already."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    print(f"installing the locked Python packages into {VENV.name} …", flush=True)
    if not PYTHON.exists():
        _run([sys.executable, "-m", "venv", str(VENV)], "the virtual environment could not be made")
    STAMP.unlink(missing_ok=True)
    if not _install_with_uv():
        _install_with_pip()
    STAMP.write_text(wanted)


def fingerprint() -> str:
    """Changes with the locked packages, with the project's own description, and with the Python in use."""
    content = b"\0".join(path.read_bytes() for path in (LOCK, PROJECT)) + sys.version.encode() + str(VENV).encode()
    return hashlib.sha256(content).hexdigest()


def _install_with_uv() -> bool:
    """Install with uv, some ten times faster than pip; False when this machine cannot use it."""
    pip = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*pip, "install", "--quiet", "uv"], check=False).returncode != 0:
        return False
    env = {**os.environ, **uv_environment(pip_settings(pip)), "VIRTUAL_ENV": str(VENV)}
    uv = [str(VENV / "bin" / "uv"), "pip"]
    steps = (
        [*uv, "sync", "--quiet", "--require-hashes", str(LOCK)],
        [*uv, "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(REPOSITORY)],
    )
    return all(subprocess.run(step, check=False, env=env, cwd=REPOSITORY).returncode == 0 for step in steps)


def _install_with_pip() -> None:
    print("uv cannot be used here; installing with pip, which takes longer", file=sys.stderr)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
    failed = "the Python packages could not be installed"
    _run([*pip, "--require-hashes", "-r", str(LOCK)], failed)
    _run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(REPOSITORY)], failed)


def pip_settings(pip: list[str]) -> str:
    """What `pip config list` says of this machine's network."""
    done = subprocess.run([*pip, "config", "list"], check=False, capture_output=True, text=True)
    return done.stdout


def uv_environment(pip_config: str) -> dict[str, str]:
    """Pip's settings of this machine (`pip config list`), as the variables that tell uv the same.

    Where several indexes are given pip takes the best match of all of them; uv is told to do so too. That is
    as safe as the lock file, which names the hash of every package.
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in pip_config.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in UV_NAMES and value:
            words = str(ast.literal_eval(value)).split()
            found[UV_NAMES[option]] = (",".join if option in COMMA_SEPARATED else " ".join)(words)
    return found


def _run(command: list[str], failed: str) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise SandboxError(f"{failed}; the reason is above")
