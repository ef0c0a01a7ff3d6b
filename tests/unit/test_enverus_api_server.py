"""The sandbox API over HTTP, without a socket: tokens, status codes, pages and the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.enverus_api_client import SECRET, Api, Clock, make_app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(tmp_path: Path, clock: Clock) -> Api:
    client = Api(make_app(tmp_path, clock))
    client.log_in()
    return client


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"secretKey": 1}', b'{"secretKey": "wrong"}'])
def test_bad_token_requests_get_400(api: Api, body: bytes) -> None:
    assert api.ask("POST", "/v3/direct-access/tokens", content=body).status_code == 400


def test_tokens_expire_and_a_new_one_serves(api: Api, clock: Clock) -> None:
    assert api.get("wells").status_code == 200
    clock.now = 61
    assert api.get("wells").status_code == 401
    api.log_in()
    assert api.get("wells").status_code == 200


@pytest.mark.parametrize("authorization", ["", "bearer", "bearer x", "Basic {token}", "{token}"])
def test_other_authorization_gets_401(api: Api, authorization: str) -> None:
    token = api.headers["Authorization"].split()[1]
    api.headers["Authorization"] = authorization.format(token=token)
    assert api.get("wells").status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("wells?wellid=gt(x)", 400),
        ("wells?wellid=gt(1", 400),
        ("wells?pagesize=none", 400),
        ("wells?fields=WellID,Nope", 400),
        ("wells?next_page=WellID%20%3C%201", 400),
        ("wells?ddl=oracle", 400),
        ("wells?wellname=" + "x" * 2_048, 414),
        ("landtrac-leases?docs=True", 501),
        ("wells?docs=True", 200),
        ("wells?ddl=pg", 200),
    ],
)
def test_status_codes(api: Api, path: str, status: int) -> None:
    assert api.get(path).status_code == status


def test_pages_end_with_an_empty_one_without_a_link(api: Api) -> None:
    assert api.walk("wells?pagesize=3") == [[7, 6, 5], [4, 3, 2], [1], []]


def test_the_link_is_relative_and_keeps_what_was_asked(api: Api) -> None:
    link = api.get("wells?UpdatedDate=ge(2024-10-02)&fields=WellName,wellid&pagesize=2").headers["Link"]
    assert link == (
        "</wells?UpdatedDate=ge%282024-10-02%29&fields=WellName%2Cwellid&action=next"
        '&next_page=%28WellID%2CCompletionID%29%20%3C%20%286%2C60%29&pagesize=2>; rel="next"'
    )


def test_a_link_is_never_too_long_to_follow(api: Api) -> None:
    """Commas travel as they are in this request and as %2C in the link."""
    listed = ",".join(["1", "2", "3"] + ["9"] * 640)
    assert len(api.walk(f"wells?wellid=in({listed})&pagesize=1")) == 4


def test_fields_are_selected_in_their_own_spelling(api: Api) -> None:
    assert api.get("wells?fields=wellname,WELLID&pagesize=1").json() == [{"WellName": "A007", "WellID": 7}]


def test_links_move_into_the_body_on_request(api: Api) -> None:
    api.headers["X-Omit-Header-Next-Links"] = "true"
    first = api.get("wells?pagesize=5")
    assert "Link" not in first.headers
    assert first.json()["links"]["next"].endswith("&pagesize=5>; rel='next'")
    assert [row["WellID"] for row in first.json()["data"]] == [7, 6, 5, 4, 3]
    assert api.get("wells?wellid=0").json() == {"data": [], "links": {"next": None}}


def test_head_counts_all_pages(api: Api) -> None:
    answer = api.ask("HEAD", "/v3/direct-access/wells?updateddate=btw(2024-10-02,2024-10-04)&pagesize=1")
    assert (answer.headers["X-Query-Record-Count"], answer.content) == ("3", b"")


def test_the_journal_counts_by_status(api: Api) -> None:
    api.ask("DELETE", "/sandbox/requests")
    for path in ("wells", "wells?pagesize=1", "nothing"):
        api.get(path)
    assert api.ask("GET", "/sandbox/requests").json() == [
        {"method": "GET", "path": "nothing", "status": 404, "count": 1},
        {"method": "GET", "path": "wells", "status": 200, "count": 2},
    ]


def test_nothing_logged_holds_a_secret(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    api.log_in()
    api.get("wells?wellname=A001")
    assert "GET wells 200" in caplog.text
    assert SECRET not in caplog.text
    assert api.headers["Authorization"].split()[1] not in caplog.text
