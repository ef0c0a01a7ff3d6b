"""Waiting for the network or the compressor in a thread, while the next step goes on."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def begin(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
    """Call the function in a thread of its own; the future has what it returns or raises.

    Unlike a pool's, the thread keeps no process from ending when nobody waits for the answer any more.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - whoever asks for the result meets it
            future.set_exception(error)

    Thread(target=run, name=f"{function.__qualname__} in the background", daemon=True).start()
    return future
