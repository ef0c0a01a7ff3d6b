"""A stack's life in the foreground: signals, and a stack that ends before it should."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from sandbox import prctl


class Stopped(KeyboardInterrupt):
    """A signal that means "stop": unwinds like Ctrl-C, so that every `with` block ends in order."""


SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def _stop(number: int, _frame: FrameType | None) -> None:
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


@contextlib.contextmanager
def stop_on_signal() -> Iterator[None]:
    """Turn the first signal that means "stop" into an exception; while stopping, no other is listened to.

    The kernel also sends SIGTERM when the caller (make, a shell) is killed: nothing is left to read the output then.
    """
    prctl.die_with_parent(signal.SIGTERM)
    earlier = [signal.signal(number, _stop) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, earlier, strict=True):
            signal.signal(number, handler)
