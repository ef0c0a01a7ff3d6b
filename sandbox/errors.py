"""Errors of the sandbox."""

from __future__ import annotations


class SandboxError(Exception):
    """Something the user can act on: the command line prints its words on one line, without a traceback."""
