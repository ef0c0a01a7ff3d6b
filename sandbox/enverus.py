"""Runs `enverus` against a stack, as a person would."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from sandbox.errors import SandboxError
from sandbox.paths import REPOSITORY, VENV

FOUND_SOMETHING = 1


def enverus(env: Mapping[str, str], *arguments: str) -> str:
    """Run a command and return what it printed; raises SandboxError with its last line where it did not work."""
    return _run(env, arguments, done=(0,)).stdout


def findings(env: Mapping[str, str], *arguments: str) -> list[str]:
    """Run a command that checks something; returns what it found, one line each."""
    done = _run(env, arguments, done=(0, FOUND_SOMETHING))
    return done.stderr.splitlines() if done.returncode == FOUND_SOMETHING else []


def _run(env: Mapping[str, str], arguments: tuple[str, ...], done: tuple[int, ...]) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [VENV / "bin" / "enverus", *arguments],
        check=False, env=dict(env), cwd=REPOSITORY, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if ended.returncode not in done:
        last = ((ended.stderr + ended.stdout).strip().splitlines() or ["it said nothing"])[-1]
        raise SandboxError(f"`enverus {' '.join(arguments)}` failed: {last}")
    return ended
