"""The sandbox API over HTTP, without a socket: tokens, status codes, pages, faults and control."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.enverus_api.app import create_app
from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.schema import Field, Key, Schema, WireValue
from sandbox.enverus_api.tables import Table
from sandbox.enverus_api.tokens import TokenIssuer

SECRET = "not-a-real-key"
ROWS = 7
SCHEMAS = {
    "wells": Schema(
        "wells",
        ("WellID", "CompletionID"),
        (
            Field("WellID", "BIGINT"),
            Field("CompletionID", "BIGINT"),
            Field("WellName", "TEXT"),
            Field("UpdatedDate", "TIMESTAMP WITHOUT TIME ZONE"),
        ),
    ),
    "landtrac-leases": Schema("landtrac-leases", ("LeaseID",), (Field("LeaseID", "BIGINT"),)),
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Api:
    """A client of one application, with a token."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                return await client.request(method, path, headers=self.headers, **options)

        return asyncio.run(send())

    def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return self.ask("GET", f"/v3/direct-access/{path}", params=parameters or None)

    def log_in(self) -> None:
        answer = self.ask("POST", "/v3/direct-access/tokens", json={"secretKey": SECRET})
        self.headers["Authorization"] = f"bearer {answer.json()['token']}"

    def walk(self, path: str) -> list[list[int]]:
        """The well ids of all pages."""
        pages = []
        while True:
            answer = self.get(path)
            pages.append([row["WellID"] for row in answer.json()])
            if "next" not in answer.links:
                return pages
            path = answer.links["next"]["url"].lstrip("/")


def load_wells(schema: Schema) -> dict[str, Table]:
    rows: dict[Key, tuple[WireValue, ...]] = {
        (n, 10 * n): (n, 10 * n, f"A{n:03}", f"2024-10-0{n}T12:00:00") for n in range(1, ROWS + 1)
    }
    columns = ("WellID", "CompletionID", "WellName", "UpdatedDate")
    return {"2024": Table(schema, columns, rows), "2025": Table(schema, columns, {})}


def load_leases(schema: Schema) -> dict[str, Table]:
    return {vintage: Table(schema, ("LeaseID",), {(1,): (1,)}) for vintage in ("2024", "2025")}


def make_app(state_dir: Path, clock: Clock) -> Starlette:
    catalog = Catalog(SCHEMAS, {"wells": load_wells, "landtrac-leases": load_leases}, state_dir)
    return create_app(catalog, TokenIssuer(SECRET, 60, clock))


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


def add_fault(api: Api, fault: str, **rule: Any) -> None:
    assert api.ask("POST", "/sandbox/faults", json=[{"fault": fault, **rule}]).status_code == 200


def test_a_status_fault_strikes_after_some_requests_and_a_number_of_times(api: Api) -> None:
    match = {"path": "wells", "method": "GET", "after": 1}
    add_fault(api, "status", match=match, times=2, status=429, headers={"Retry-After": "7"})
    answers = [api.get("wells") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert api.get("landtrac-leases").status_code == 200


def test_faults_without_times_last_until_they_are_dropped(api: Api) -> None:
    add_fault(api, "status", times=None)
    assert {api.get("wells").status_code for _ in range(5)} == {503}
    api.ask("DELETE", "/sandbox/faults")
    assert api.get("wells").status_code == 200


def test_html_instead_of_json(api: Api) -> None:
    add_fault(api, "html")
    answer = api.get("wells")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_tokens_can_be_revoked(api: Api) -> None:
    add_fault(api, "expire_tokens")
    assert [api.get("wells").status_code, api.get("wells").status_code] == [401, 401]


@pytest.mark.parametrize(
    ("fault", "pages"),
    [
        ("repeat_page", [[7, 6, 5], [4, 3, 2], [4, 3, 2], [1], []]),
        ("skip_page", [[7, 6, 5], [1], []]),
        ("empty_page", [[7, 6, 5], []]),
    ],
)
def test_page_faults(api: Api, fault: str, pages: list[list[int]]) -> None:
    add_fault(api, fault, match={"path": "wells", "after": 1})
    assert api.walk("wells?pagesize=3") == pages


@pytest.mark.parametrize(
    "body", [{}, [1], [{}], [{"fault": "flood"}], [{"fault": "slow", "seconds": "x"}], [{"fault": "slow", "when": 1}]]
)
def test_bad_fault_rules_are_refused(api: Api, body: Any) -> None:
    assert api.ask("POST", "/sandbox/faults", json=body).status_code == 400


def test_the_vintage_changes_and_survives_a_restart(api: Api, tmp_path: Path, clock: Clock) -> None:
    assert api.ask("GET", "/sandbox/vintage").json() == {"vintage": "2024"}
    assert api.ask("PUT", "/sandbox/vintage", json={"vintage": "2025"}).status_code == 200
    assert api.get("wells").json() == []
    restarted = Api(make_app(tmp_path, clock))
    assert restarted.ask("GET", "/sandbox/health").json() == {"status": "ok", "vintage": "2025", "loaded": []}


@pytest.mark.parametrize("body", [{}, [], {"vintage": "1999"}, {"vintage": 2025}])
def test_other_vintages_are_refused(api: Api, body: Any) -> None:
    assert api.ask("PUT", "/sandbox/vintage", json=body).status_code == 400


def test_rows_and_columns_can_be_changed_and_restored(api: Api) -> None:
    changes = {
        "columns": [{"name": "Brand_New", "type": "REAL"}],
        "upsert": [{"WellID": 7, "CompletionID": 70, "WellName": 5}, {"WellID": 8, "CompletionID": 80}],
        "delete": [{"WellID": 6, "CompletionID": 60}],
    }
    assert api.ask("POST", "/sandbox/rows/wells", json=changes).json() == {"dataset": "wells", "rows": ROWS}
    rows = api.get("wells", pagesize=3).json()
    assert [(row["WellID"], row["WellName"], row["Brand_New"]) for row in rows] == [
        (8, "NULL", None),
        (7, 5, None),
        (5, "A005", None),
    ]
    assert "Brand_New REAL," in api.get("wells?ddl=pg").text
    api.ask("DELETE", "/sandbox/rows/wells")
    assert api.walk("wells") == [[7, 6, 5, 4, 3, 2, 1], []]


@pytest.mark.parametrize(
    "body",
    [[], {"insert": []}, {"upsert": [{"WellID": 1}]}, {"upsert": [7]}, {"upsert": 7}, {"columns": [{"name": "x"}]}],
)
def test_bad_changes_are_refused(api: Api, body: Any) -> None:
    assert api.ask("POST", "/sandbox/rows/wells", json=body).status_code == 400


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
