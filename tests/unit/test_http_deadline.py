"""An answer that trickles in never times out by itself: the whole of it has a deadline."""

import time
from collections.abc import Iterator

import httpx
import pytest

from enverus_elt.errors import TransientError
from enverus_elt.sources import http
from enverus_elt.sources.http import ATTEMPTS, EnverusSession


class Trickle(httpx.SyncByteStream):
    """A byte every few milliseconds."""

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.005)
            yield b" "


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/tokens"):
        return httpx.Response(200, json={"token": "token"})
    return httpx.Response(200, stream=Trickle())


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE", 0.02)
    pauses: list[float] = []
    session = EnverusSession("https://api.test/", "key", transport=httpx.MockTransport(answer), pause=pauses.append)
    with pytest.raises(TransientError, match="ReadTimeout"):
        session.send("GET", "wells")
    assert len(pauses) == ATTEMPTS - 1


def test_an_answer_within_the_deadline_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE", 30.0)
    session = EnverusSession("https://api.test/", "key", transport=httpx.MockTransport(answer))
    assert session.send("GET", "wells").content == b" " * 100
