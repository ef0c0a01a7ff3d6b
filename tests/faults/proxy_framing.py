"""Cuts what a client sends into frames with a label, so that a place on the wire can be named exactly.

A frame of PostgreSQL's protocol is one message; its label is ``Query COMMIT``, ``Parse INSERT INTO …``,
``CopyData``. A frame of HTTP is a request's head, labelled with all of it (``PUT /bucket/key …`` and the headers),
or its body, labelled ``BODY`` and the request's first line.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple, Protocol

_UNTYPED = {80877102: "CancelRequest", 80877103: "SSLRequest", 80877104: "GSSENCRequest"}
_MESSAGES = {
    b"Q": "Query", b"P": "Parse", b"B": "Bind", b"D": "Describe", b"E": "Execute", b"S": "Sync", b"C": "Close",
    b"d": "CopyData", b"c": "CopyDone", b"f": "CopyFail", b"p": "Password", b"X": "Terminate", b"H": "Flush",
}  # fmt: skip


class Frame(NamedTuple):
    """Bytes to pass on together; ``last`` says that the request they belong to is complete with them."""

    label: str
    data: bytes
    last: bool = True


class Framing(Protocol):
    """Bytes in, frames out; what is not complete yet stays inside."""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Frames that are complete now."""
        ...


class PostgresFraming:
    """Messages of the frontend, version 3, without encryption."""

    def __init__(self) -> None:
        self._buffer = b""
        self._started = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Each complete message."""
        self._buffer += data
        while (frame := self._take()) is not None:
            yield frame

    def _take(self) -> Frame | None:
        head = 1 if self._started else 0
        if len(self._buffer) < head + 8 - 4 * head:
            return None
        (length,) = struct.unpack_from("!I", self._buffer, head)
        if len(self._buffer) < head + length:
            return None
        message, self._buffer = self._buffer[: head + length], self._buffer[head + length :]
        return Frame(self._typed(message) if self._started else self._untyped(message), message)

    def _untyped(self, message: bytes) -> str:
        """The first messages have no type: requests for encryption, then the startup itself."""
        (code,) = struct.unpack_from("!I", message, 4)
        self._started = code not in _UNTYPED
        return _UNTYPED.get(code, "Startup")

    @staticmethod
    def _typed(message: bytes) -> str:
        name = _MESSAGES.get(message[:1], "Message")
        if name == "Query":
            return f"Query {_text(message[5:-1])}"
        if name == "Parse":
            _, statement, *_ = message[5:].split(b"\0")
            return f"Parse {_text(statement)}"
        return name


class HttpFraming:
    """Requests of HTTP/1.1 whose bodies have a length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._body: tuple[str, int] | None = None  # first line of the request whose body is awaited, and its length

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Heads and bodies, each whole."""
        self._buffer += data
        while (frame := self._take()) is not None:
            yield frame

    def _take(self) -> Frame | None:
        if self._body is not None:
            line, length = self._body
            if len(self._buffer) < length:
                return None
            body, self._buffer, self._body = self._buffer[:length], self._buffer[length:], None
            return Frame(f"BODY {line}", body)
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return None
        self._buffer, label = rest, _text(head)
        if re.search(r"(?im)^transfer-encoding:\s*chunked", label):
            raise ValueError(f"a request's body without a length: {label.splitlines()[0]}")
        length_line = re.search(r"(?im)^content-length:\s*(\d+)", label)
        length = int(length_line[1]) if length_line else 0
        self._body = (label.splitlines()[0], length) if length else None
        return Frame(label, head + end, last=not length)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
