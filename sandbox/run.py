"""`python -m sandbox run -- COMMAND`: a command with a stack around it."""

from __future__ import annotations

import argparse
import os
import subprocess

from sandbox.foreground import stop_on_signal
from sandbox.programs import COMPONENTS
from sandbox.stack import Stack


def run(options: argparse.Namespace) -> int:
    """Run the command with the stack's environment over the caller's own, and return its exit code."""
    parts = options.only.split(",") if options.only else COMPONENTS
    with stop_on_signal(), Stack(options.state_dir, parts) as stack:
        return subprocess.run(options.argv, check=False, env={**os.environ, **stack.env}).returncode
