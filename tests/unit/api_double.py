"""An Enverus API that answers what a test tells it to, without a network."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from enverus_elt.errors import EltError
from enverus_elt.sources.http import EnverusSession

BASE = "https://api.example.com/v3/direct-access/"
SECRET = "s3cret-key"
Answer = httpx.Response | Exception
Handler = Callable[[httpx.Request], Answer]


class Api:
    """Answers requests and keeps them; a list of answers ends with the one that is repeated."""

    def __init__(self, *answers: Answer | Handler, tokens: tuple[Answer, ...] = ()) -> None:
        self.requests: list[httpx.Request] = []
        self.token_requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self._answers = list(answers)
        self._tokens = list(tokens)
        self.session = EnverusSession(BASE, SECRET, transport=httpx.MockTransport(self._handle), pause=self._pause)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/tokens"):
            self.token_requests.append(request)
            issued = httpx.Response(200, json={"token": f"token-{len(self.token_requests)}"})
            answer: Answer | Handler = self._next(self._tokens) if self._tokens else issued
        else:
            self.requests.append(request)
            answer = self._next(self._answers)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @staticmethod
    def _next(answers: list[Any]) -> Any:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def send(self) -> httpx.Response:
        return self.session.send("GET", "wells", {"pagesize": 1})


def ok(body: str = "[]", **headers: str) -> httpx.Response:
    return httpx.Response(200, text=body, headers=headers)


def refusal(api: Api, kind: type[EltError]) -> str:
    with pytest.raises(EltError) as caught:
        api.send()
    assert type(caught.value) is kind
    return str(caught.value)
