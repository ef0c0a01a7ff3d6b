"""Two Linux process controls that Python has no call for."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def die_with_parent(with_signal: signal.Signals) -> None:
    """Have the kernel send this process the signal when its parent ends, even by SIGKILL.

    A change of user clears it, so it is to be called after that; an `exec` keeps it.
    """
    _prctl(_PR_SET_PDEATHSIG, with_signal)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none of them can be lost."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
