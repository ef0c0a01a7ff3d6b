"""Tokens of the Enverus API: one serves until it is refused, and a refused key is a matter of the settings."""

import json

import httpx
import pytest

from enverus_elt.errors import SettingError, SourceError, TransientError
from enverus_elt.sources.http import ATTEMPTS, TOKEN_ATTEMPTS, TOKEN_PAUSE
from tests.unit.api_double import BASE, SECRET, Answer, Api, ok, refusal


def test_one_token_serves_all_requests() -> None:
    api = Api(ok())
    for _ in range(3):
        api.send()
    assert [request.headers["Authorization"] for request in api.requests] == ["bearer token-1"] * 3
    assert [json.loads(request.content) for request in api.token_requests] == [{"secretKey": SECRET}]


def test_requests_go_below_the_base_url() -> None:
    api = Api(ok())
    api.send()
    assert str(api.requests[0].url) == f"{BASE}wells?pagesize=1"
    assert str(api.token_requests[0].url) == f"{BASE}tokens"


def test_a_refused_token_is_renewed_once_without_waiting() -> None:
    api = Api(httpx.Response(401), ok())
    assert api.send().status_code == 200
    assert [request.headers["Authorization"] for request in api.requests] == ["bearer token-1", "bearer token-2"]
    assert api.pauses == []


def test_a_fresh_token_that_is_refused_blames_the_key() -> None:
    api = Api(httpx.Response(401))
    assert "check the secret key of connection 'enverus'" in refusal(api, SettingError)
    assert len(api.requests) == 2


def test_a_later_request_may_renew_the_token_again() -> None:
    api = Api(httpx.Response(401), ok(), httpx.Response(401), ok())
    api.send()
    api.send()
    assert len(api.token_requests) == 3


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_key_is_a_setting_and_is_not_tried_again(status: int) -> None:
    api = Api(ok(), tokens=(httpx.Response(status, text="bad key"),))
    assert "refuses the secret key of connection 'enverus'" in refusal(api, SettingError)
    assert (len(api.token_requests), api.pauses, api.requests) == (1, [], [])


def test_a_throttled_token_is_waited_for() -> None:
    api = Api(ok(), tokens=(httpx.Response(403), httpx.Response(200, json={"token": "t"})))
    assert api.send().status_code == 200
    assert api.pauses == [TOKEN_PAUSE]


def test_403_at_tokens_blames_the_key_after_a_few_tries() -> None:
    api = Api(ok(), tokens=(httpx.Response(403),))
    assert "throttles or refuses the secret key" in refusal(api, SettingError)
    assert len(api.token_requests) == TOKEN_ATTEMPTS
    assert api.pauses == [TOKEN_PAUSE] * (TOKEN_ATTEMPTS - 1)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={}),
        httpx.Response(200, json={"token": None}),
        httpx.Response(200, json=["token"]),
        httpx.Response(200, text="<html>"),
    ],
    ids=["no token", "null", "a list", "HTML"],
)
def test_an_answer_that_stands_in_a_tokens_place_passes(answer: httpx.Response) -> None:
    message = refusal(Api(ok(), tokens=(answer,)), TransientError)
    assert message == "the Enverus API answered 200 without a token at /tokens"


def test_a_redirect_instead_of_a_token_is_the_sources_fault() -> None:
    message = refusal(Api(ok(), tokens=(httpx.Response(302),)), SourceError)
    assert message == "the Enverus API answered 302 without a token at /tokens"


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.ConnectError("refused")])
def test_a_token_that_never_comes_is_transient_after_bounded_tries(answer: Answer) -> None:
    api = Api(ok(), tokens=(answer,))
    assert "gave no token" in refusal(api, TransientError)
    assert (len(api.token_requests), len(api.pauses)) == (ATTEMPTS, ATTEMPTS - 1)
