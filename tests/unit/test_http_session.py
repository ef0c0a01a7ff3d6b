"""The Enverus API over HTTP: waiting is bounded, errors say what to do, and no secret leaves the session."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from pytest_socket import SocketBlockedError

from enverus_elt.catalog import Dataset
from enverus_elt.errors import EltError, SettingError, SourceError, TransientError
from enverus_elt.sources.base import Window
from enverus_elt.sources.enverus import EnverusSource
from enverus_elt.sources.http import ATTEMPTS, LONGEST_PAUSE, TOKEN_ATTEMPTS, TOKEN_PAUSE, EnverusSession

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


@pytest.mark.filterwarnings("ignore:A test tried to use socket.socket")
def test_a_unit_test_cannot_open_a_network_socket() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


# Tokens


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
        httpx.Response(302),
    ],
    ids=["no token", "null", "a list", "HTML", "redirect"],
)
def test_an_answer_without_a_token_is_the_sources_fault(answer: httpx.Response) -> None:
    message = refusal(Api(ok(), tokens=(answer,)), SourceError)
    assert message == f"the Enverus API answered {answer.status_code} without a token at /tokens"


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.ConnectError("refused")])
def test_a_token_that_never_comes_is_transient_after_bounded_tries(answer: Answer) -> None:
    api = Api(ok(), tokens=(answer,))
    assert "gave no token" in refusal(api, TransientError)
    assert (len(api.token_requests), len(api.pauses)) == (ATTEMPTS, ATTEMPTS - 1)


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


# One dataset


DAY = datetime(2024, 5, 2, 13, 30, tzinfo=UTC)
OPEN = Window(None, DAY)
CLOSED = Window(DAY - timedelta(days=2), DAY)


def source(api: Api, dataset: Dataset) -> EnverusSource:
    return EnverusSource(api.session, dataset)


def queries(api: Api) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in api.requests]


def test_an_open_window_is_one_query_up_to_its_bound(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    assert source(api, leases).count(OPEN) == 3
    assert [request.method for request in api.requests] == ["HEAD"]
    assert queries(api) == [{"updateddate": "le(2024-05-02)"}]


def test_a_closed_window_is_two_queries_one_for_updates_and_one_for_deletions(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    assert source(api, leases).count(CLOSED) == 6
    between = "btw(2024-04-30,2024-05-02)"
    assert queries(api) == [{"updateddate": between}, {"deleteddate": between}]


def test_a_dataset_without_deletions_is_one_query(leases: Dataset) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    kept = leases.model_copy(update={"load": leases.load.model_copy(update={"deleted": None})})
    assert source(api, kept).count(CLOSED) == 3


@pytest.mark.parametrize("window", [OPEN, CLOSED])
def test_rows_that_are_deleted_are_never_filtered_out(leases: Dataset, window: Window) -> None:
    api = Api(ok(**{"X-Query-Record-Count": "3"}))
    source(api, leases).count(window)
    list(source(api, leases).pages(window))
    assert all("null" not in str(request.url).lower() for request in api.requests)


@pytest.mark.parametrize("count", [None, "", "many", "-1", "1.5"])
def test_a_count_that_is_no_number_is_the_sources_fault(leases: Dataset, count: str | None) -> None:
    api = Api(ok() if count is None else ok(**{"X-Query-Record-Count": count}))
    with pytest.raises(SourceError, match=r"^test-leases: the API's count is .*, not a number"):
        source(api, leases).count(OPEN)


def paged(*pages: str, next_of: Callable[[int], str | None]) -> Iterator[Answer]:
    for number, body in enumerate(pages, start=1):
        link = next_of(number)
        yield ok(body, **({"Link": f'<{link}>; rel="next"'} if link else {}))


def test_pages_follow_the_relative_link_until_the_empty_page(leases: Dataset) -> None:
    pages = paged('[{"LeaseID":1},{"LeaseID":2}]', '[{"LeaseID":3}]', "[]", next_of=lambda n: f"/leases?page={n + 1}")
    api = Api(*pages)
    found = [[row["LeaseID"] for row in page.rows] for page in source(api, leases).pages(OPEN)]
    assert found == [[1, 2], [3]]
    assert [str(request.url) for request in api.requests] == [
        f"{BASE}leases?updateddate=le%282024-05-02%29&pagesize=2",
        f"{BASE}leases?page=2",
        f"{BASE}leases?page=3",
    ]


def test_a_page_without_a_link_is_the_last(leases: Dataset) -> None:
    api = Api(ok('[{"LeaseID":1}]'))
    assert len(list(source(api, leases).pages(OPEN))) == 1
    assert len(api.requests) == 1


def test_a_closed_window_reads_both_queries_to_their_end(leases: Dataset) -> None:
    api = Api(ok('[{"LeaseID":1}]'), ok("[]"))
    assert len(list(source(api, leases).pages(CLOSED))) == 1
    assert [set(query) for query in queries(api)] == [{"updateddate", "pagesize"}, {"deleteddate", "pagesize"}]


@pytest.mark.parametrize("circle", [1, 2])
def test_a_next_link_that_leads_in_a_circle_is_transient(leases: Dataset, circle: int) -> None:
    pages = paged(*['[{"LeaseID":1}]'] * 6, next_of=lambda n: f"/leases?page={n % circle}")
    with pytest.raises(TransientError, match=r"^test-leases: the API's next link leads in a circle"):
        list(source(Api(*pages), leases).pages(OPEN))


def test_a_page_that_is_no_json_is_transient_and_names_the_dataset(leases: Dataset) -> None:
    api = Api(ok("<html>", **{"Content-Type": "text/html"}))
    with pytest.raises(TransientError, match=r"^test-leases: a page of 6 bytes \(text/html\) is not JSON"):
        list(source(api, leases).pages(OPEN))


def test_only_the_catalogs_fields_are_asked_for_where_it_says_so(leases: Dataset) -> None:
    chosen = leases.model_copy(update={"source": leases.source.model_copy(update={"fields": "catalog"})})
    api = Api(ok())
    list(source(api, chosen).pages(OPEN))
    assert queries(api)[0]["fields"] == ",".join(leases.fields)


def test_the_clock_is_the_servers(leases: Dataset) -> None:
    api = Api(ok(Date="Thu, 02 May 2024 13:30:00 GMT"))
    assert source(api, leases).now() == DAY
    assert api.requests[0].method == "HEAD"


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": ""}], ids=["none", "no date", "empty"])
def test_an_answer_without_a_clock_is_the_sources_fault(leases: Dataset, headers: dict[str, str]) -> None:
    with pytest.raises(SourceError, match=r"^test-leases: the API's answer carries no usable Date header"):
        source(Api(ok(**headers)), leases).now()


def test_the_vendors_ddl_is_asked_for_in_postgresqls_flavour(leases: Dataset) -> None:
    api = Api(ok("CREATE TABLE"))
    assert source(api, leases).ddl() == "CREATE TABLE"
    assert queries(api) == [{"ddl": "pg"}]


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
