"""Choice of TCP ports: the well-known one when it is free, else any."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping

HOST = "127.0.0.1"
PREFERRED: Mapping[str, int] = {"ui": 8080, "api": 8081, "objects": 9000, "postgres": 54320}


class PortReservation:
    """Ports taken by this process for as long as it lives, among all stacks of the machine.

    A program binds its port seconds after it was chosen; in between another clone would find it free. The
    claim is an abstract Unix socket: it needs no file and ends with the process.
    """

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []

    def claim(self, port: int) -> bool:
        """Take the port if nobody listens on it and no other stack has claimed it."""
        name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            name.bind(f"\0enverus-sandbox-port-{port}")
        except OSError:
            name.close()
            return False
        if not is_free(port):
            name.close()
            return False
        self._claims.append(name)
        return True

    def release(self) -> None:
        for claim in self._claims:
            claim.close()
        self._claims.clear()


def is_free(port: int) -> bool:
    """True when nobody listens; a connection of the past in TIME_WAIT does not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def any_port() -> int:
    """A port that the system says is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def choose(
    names: Iterable[str],
    wanted: Mapping[str, list[int]],
    claim: Callable[[int], bool],
    fallback: Callable[[], int] = any_port,
) -> dict[str, int]:
    """One claimed port a name: the first of those wanted that can be claimed, else any free one."""
    return {name: _first_claimed(wanted.get(name, []), claim, fallback) for name in names}


def _first_claimed(wanted: list[int], claim: Callable[[int], bool], fallback: Callable[[], int]) -> int:
    for port in wanted:
        if claim(port):
            return port
    while not claim(port := fallback()):
        pass
    return port
