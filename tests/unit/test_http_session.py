"""The Enverus API over HTTP: waiting is bounded, errors say what to do, and no secret leaves the session."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from enverus_elt.errors import EltError, SourceError, TransientError
from enverus_elt.sources.http import ATTEMPTS, LONGEST_PAUSE
from tests.unit.api_double import SECRET, Answer, Api, ok, refusal

# Waiting


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_api_is_asked_again(status: int) -> None:
    api = Api(httpx.Response(status), httpx.Response(status), ok())
    assert api.send().status_code == 200
    assert (len(api.requests), len(api.pauses)) == (3, 2)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_api_that_stays_busy_is_transient_after_bounded_tries(status: int) -> None:
    api = Api(httpx.Response(status))
    assert f"did not answer GET wells: status {status} after {ATTEMPTS} tries" in refusal(api, TransientError)
    assert (len(api.requests), len(api.pauses)) == (ATTEMPTS, ATTEMPTS - 1)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut off"),
        httpx.ReadError("reset"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_broken_connection_is_tried_again_and_then_transient(error: Exception) -> None:
    assert Api(error, ok()).send().status_code == 200
    api = Api(error)
    message = refusal(api, TransientError)
    assert "api.example.com" in message
    assert type(error).__name__ in message
    assert len(api.requests) == ATTEMPTS


@pytest.mark.parametrize(
    ("asked", "waited"), [("0", 0.0), ("7", 7.0), (" 7 ", 7.0), ("120", 120.0), ("86400", LONGEST_PAUSE)]
)
def test_retry_after_in_seconds_is_kept_up_to_the_cap(asked: str, waited: float) -> None:
    api = Api(httpx.Response(429, headers={"Retry-After": asked}), ok())
    api.send()
    assert api.pauses == [waited]


@pytest.mark.parametrize(("ahead", "waited"), [(30, 30.0), (86400, LONGEST_PAUSE), (-60, 0.0)])
def test_retry_after_as_a_date_is_kept_up_to_the_cap(ahead: int, waited: float) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    api = Api(httpx.Response(429, headers={"Retry-After": date}), ok())
    api.send()
    assert api.pauses == [pytest.approx(waited, abs=2)]


@pytest.mark.parametrize("asked", ["soon", "", "-5", "1.5", "Someday, 99 Foo 2030"])
def test_a_retry_after_that_means_nothing_is_ignored(asked: str) -> None:
    api = Api(httpx.Response(429, headers={"Retry-After": asked}), ok())
    api.send()
    assert 0.5 <= api.pauses[0] <= 1


def test_pauses_double_with_jitter() -> None:
    api = Api(httpx.Response(503))
    refusal(api, TransientError)
    assert all(2.0**n / 2 <= pause <= 2.0**n for n, pause in enumerate(api.pauses))


# Answers that waiting cannot heal


def test_404_names_the_dataset_and_where_to_look() -> None:
    message = refusal(Api(httpx.Response(404)), SourceError)
    assert message == "the Enverus API knows no dataset 'wells': check source.path in the catalog"


@pytest.mark.parametrize("status", [302, 400, 403, 422])
def test_another_status_is_the_sources_fault_with_its_explanation_on_one_line(status: int) -> None:
    api = Api(httpx.Response(status, text="invalid\n  filter"))
    assert refusal(api, SourceError) == f"the Enverus API answered {status} for wells: invalid filter"
    assert len(api.requests) == 1


def test_a_long_explanation_is_cut() -> None:
    assert len(refusal(Api(httpx.Response(400, text="x" * 10_000)), SourceError)) < 300


# Secrets


FAILURES: dict[str, tuple[Answer, tuple[Answer, ...]]] = {
    "all is well": (ok(), ()),
    "busy": (httpx.Response(503), ()),
    "unreachable": (httpx.ConnectError("refused"), ()),
    "bad request": (httpx.Response(400, text="bad"), ()),
    "refused token": (httpx.Response(401), ()),
    "not found": (httpx.Response(404), ()),
    "refused key": (ok(), (httpx.Response(400, text=f"bad key {SECRET}"),)),
    "throttled key": (ok(), (httpx.Response(403, text=SECRET),)),
    "no token": (ok(), (httpx.Response(200, json={"tokens": SECRET}),)),
    "no answer at tokens": (ok(), (httpx.ConnectError("refused"),)),
}


@pytest.mark.parametrize(("answer", "tokens"), FAILURES.values(), ids=FAILURES.keys())
def test_no_secret_is_logged_or_told(
    answer: Answer, tokens: tuple[Answer, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api, told = Api(answer, tokens=tokens), ""
    try:
        api.send()
    except EltError as error:
        told = f"{error!r} {error.__cause__!r} {error.__context__!r}"
    text = told + caplog.text + repr(api.session)
    assert SECRET not in text
    assert "token-" not in text


def test_an_explanation_that_repeats_the_token_does_not_leak_it() -> None:
    message = refusal(Api(httpx.Response(400, text=f"bad header: bearer token-1, key {SECRET}")), SourceError)
    assert ("token-1" in message, SECRET in message, "bad header: bearer ***, key ***" in message) == (
        False,
        False,
        True,
    )


def test_a_link_to_another_host_is_not_followed() -> None:
    api = Api(ok())
    with pytest.raises(SourceError, match=r"leads away from itself, to evil\.example\.org"):
        api.session.send("GET", "https://evil.example.org/x")
    assert api.requests == []
