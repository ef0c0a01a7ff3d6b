"""A TCP proxy between a worker and a real server, which does something at an exact place on the wire.

Real parts on both sides: the worker's driver and the server see nothing but a network on which something happens.
"""

import contextlib
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.faults.proxy_framing import Frame, Framing
from tests.faults.proxy_points import HOLDING, PATIENCE, Action, Point

HOST = "127.0.0.1"
CHUNK = 64 * 1024
TRICKLE_BYTES = 4 * 1024
TRICKLE_SECONDS = 0.02
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BUSY = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class Proxy:
    """Listens on a port of its own and passes everything to ``target``; use as a context manager."""

    def __init__(self, target: int, framing: Callable[[], Framing]) -> None:
        self.target = target
        self.framing = framing
        self.labels: list[str] = []  # of every frame that came, for a test that did not reach its point
        self._points: list[Point] = []
        self._links: list[_Link] = []
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._links:
            link.close()

    def at(self, pattern: str, action: Action, **when: Any) -> Point:
        """Have something happen at a point; the first that takes a frame decides."""
        point = Point(pattern, action, **when)
        with self._lock:
            self._points.append(point)
        return point

    def wait(self, point: Point, seconds: float = PATIENCE) -> None:
        """Wait until the point is reached; where it is not, say what came instead."""
        if not point.is_reached(seconds):
            came = "\n  ".join(" ".join(label.split())[:150] for label in self.labels)
            raise AssertionError(f"{point.pattern!r} was not reached; what came:\n  {came}")

    def clear(self) -> None:
        """Forget all points; what one of them holds is dropped."""
        with self._lock:
            points, self._points = self._points, []
        for point in points:
            point.drop()

    def take(self, frame: Frame, connection: int) -> Point | None:
        """The point that the frame is, if any."""
        with self._lock:
            self.labels.append(frame.label)
            return next((point for point in self._points if point.takes(frame.label, connection)), None)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                self._open(client)

    def _open(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((HOST, self.target))
        except OSError:
            client.close()  # what a client sees of a server that is not there
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = _Link(self, next(self._numbers), client, server)
        self._links.append(link)
        link.start()


class _Link:
    """One connection: the client's socket, the server's, and a thread for each direction."""

    def __init__(self, proxy: Proxy, number: int, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._number = proxy, number
        self._client, self._server = client, server
        self._is_cut = self._is_slow = False
        self._answer: Point | None = None  # the point whose answer is awaited
        self._refused: Frame | None = None  # the head of the request that is being refused

    def start(self) -> None:
        for pump in (self._upward, self._downward):
            threading.Thread(target=pump, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        _shut(self._server)

    def close(self) -> None:
        _shut(self._client)
        _shut(self._server)

    def _upward(self) -> None:
        framing = self._proxy.framing()
        with contextlib.suppress(OSError):
            while data := self._client.recv(CHUNK):
                for frame in framing.feed(data):
                    if not self._handle(frame):
                        self.close()
                        return
        self.close()

    def _downward(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._server.recv(CHUNK):
                point, self._answer = self._answer, None
                if point is not None and point.action is Action.HALVE_ANSWER:
                    half = len(data) // 2
                    self._client.sendall(data[:half])
                    data = data[half:]
                if point is not None and not point.hit(self):
                    self.close()
                    return
                self._send(self._client, data)
        if not self._is_cut:
            _shut(self._client)

    def _handle(self, frame: Frame) -> bool:
        """Pass the frame on, or do what is to happen instead; False ends the connection."""
        if self._refused is not None:
            return self._refuse(frame)
        point = self._proxy.take(frame, self._number)
        if point is not None and point.action in HOLDING:
            return self._hold(point, frame)
        if point is not None:
            point.note(self)
            if point.action is Action.RESET:
                return self._reset()
            if point.action is Action.REFUSE:
                self._refused = frame
                return self._refuse(frame)
            self._is_slow = True
        self._send(self._server, frame.data)
        return True

    def _hold(self, point: Point, frame: Frame) -> bool:
        rest = frame.data
        if point.action in (Action.HOLD_ANSWER, Action.HALVE_ANSWER):
            self._answer = point
        else:
            half = len(rest) // 2 if point.action is Action.HALVE else 0
            self._server.sendall(rest[:half])
            rest = rest[half:]
            if not point.hit(self):
                return False
        self._server.sendall(rest)
        return True

    def _refuse(self, frame: Frame) -> bool:
        """Take the request to its end, as a busy server does, and answer that there is no answer."""
        if not frame.last:
            if "expect: 100-continue" in frame.label.lower():
                self._client.sendall(CONTINUE)
            return True
        head, self._refused = self._refused, None
        body = b"" if head is not None and head.label.startswith("HEAD") else BUSY
        lines = f"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        self._client.sendall(lines.encode() + body)
        return True

    def _reset(self) -> bool:
        """Closing with nothing to linger for sends an RST."""
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client.close()
        return False

    def _send(self, end: socket.socket, data: bytes) -> None:
        if not self._is_slow:
            end.sendall(data)
            return
        for start in range(0, len(data), TRICKLE_BYTES):
            end.sendall(data[start : start + TRICKLE_BYTES])
            time.sleep(TRICKLE_SECONDS)


def _shut(end: socket.socket) -> None:
    """End both directions; a thread that waits in ``recv`` wakes up, which ``close`` alone does not do."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
