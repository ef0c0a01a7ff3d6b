"""What tests may ask of the sandbox API: faults, vintages, rows and a clock."""

from __future__ import annotations

import base64
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.enverus_api.injector import TRICKLE_BYTES
from tests.unit.enverus_api_client import ROWS, Api, Clock, make_app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(tmp_path: Path, clock: Clock) -> Api:
    client = Api(make_app(tmp_path, clock))
    client.log_in()
    return client


def change(api: Api, dataset: str, **body: Any) -> None:
    assert api.ask("POST", f"/sandbox/rows/{dataset}", json=body).status_code == 200


def count(api: Api, path: str) -> int:
    return int(api.ask("HEAD", f"/v3/direct-access/{path}").headers["X-Query-Record-Count"])


def seconds_ahead(api: Api) -> float:
    return parsedate_to_datetime(api.get("landtrac-leases").headers["Date"]).timestamp() - time.time()


def add_fault(api: Api, fault: str, **rule: Any) -> None:
    assert api.ask("POST", "/sandbox/faults", json=[{"fault": fault, **rule}]).status_code == 200


def test_a_status_fault_strikes_after_some_requests_and_a_number_of_times(api: Api) -> None:
    match = {"path": "wells", "method": "GET", "after": 1}
    add_fault(api, "status", match=match, times=2, status=429, headers={"Retry-After": "7"})
    answers = [api.get("wells") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert api.ask("GET", "/sandbox/faults").json() == {"rules": 1, "struck": [2]}
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


def test_a_trickle_brings_the_whole_answer_in_the_end(api: Api) -> None:
    whole = api.get("wells?pagesize=1").json()
    add_fault(api, "trickle", match={"path": "wells"}, seconds=0.001, times=None)
    started = time.monotonic()
    answer = api.get("wells?pagesize=1")
    assert time.monotonic() - started > 0.001 * len(answer.content) / TRICKLE_BYTES / 2
    assert answer.json() == whole
    assert api.ask("HEAD", "/v3/direct-access/wells").content == b""


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
    [
        [],
        {"insert": []},
        {"upsert": [{"WellID": 1}]},
        {"upsert": [7]},
        {"upsert": 7},
        {"columns": [{"name": "x"}]},
        {"clear": 1},
        {"raw": ["{}"]},
        {"raw": [{}]},
    ],
)
def test_bad_changes_are_refused(api: Api, body: Any) -> None:
    assert api.ask("POST", "/sandbox/rows/wells", json=body).status_code == 400


def test_a_cleared_dataset_has_what_is_changed_in_until_it_is_restored(api: Api) -> None:
    change(api, "wells", upsert=[{"WellID": 7, "CompletionID": 70, "WellName": "gone"}])
    change(api, "wells", clear=True, upsert=[{"WellID": 2, "CompletionID": 20}])
    assert api.get("wells").json() == [
        {"WellID": 2, "CompletionID": 20, "WellName": "NULL", "UpdatedDate": "NULL"},
    ]
    assert api.walk("wells?updateddate=ge(2024-01-01)") == [[]]
    change(api, "wells", upsert=[{"WellID": 7, "CompletionID": 70}])
    assert api.walk("wells") == [[7, 2], []]
    api.ask("DELETE", "/sandbox/rows/wells")
    assert api.walk("wells") == [[7, 6, 5, 4, 3, 2, 1], []]


RAW = b'{"WellID": NaN, "WellName": "\\ud800\xff", "WellName": 1e400}'


def test_raw_rows_end_the_first_page_of_what_may_hold_them(api: Api) -> None:
    change(api, "wells", raw=[base64.b64encode(row).decode() for row in (RAW, b"{}")])
    for filters in ("", "updateddate=btw(2024-10-01,2024-10-09)&"):
        first = api.get(f"wells?{filters}pagesize=4")
        assert first.content.endswith(b"," + RAW + b",{}]")
        later = api.get(first.links["next"]["url"].lstrip("/"))
        assert [row["WellID"] for row in later.json()] == [3, 2, 1]
        assert count(api, f"wells?{filters}pagesize=4") == ROWS + 2
    assert RAW not in api.get("wells?wellid=gt(5)").content
    assert count(api, "wells?wellid=gt(5)") == 2


def test_changes_of_every_vintage_are_undone(api: Api) -> None:
    for vintage in ("2025", "2024"):
        api.ask("PUT", "/sandbox/vintage", json={"vintage": vintage})
        change(api, "wells", upsert=[{"WellID": 9, "CompletionID": 90}])
    api.ask("DELETE", "/sandbox/rows/wells")
    assert count(api, "wells") == ROWS
    api.ask("PUT", "/sandbox/vintage", json={"vintage": "2025"})
    assert count(api, "wells") == 0


def test_raw_rows_may_be_all_there_is(api: Api) -> None:
    change(api, "wells", clear=True, raw=[base64.b64encode(RAW).decode()])
    assert api.get("wells").content == b"[" + RAW + b"]"
    assert count(api, "wells") == 1
    api.ask("DELETE", "/sandbox/rows/wells")
    assert count(api, "wells") == ROWS
    assert RAW not in api.get("wells").content


def test_the_clock_can_be_put_wrong_and_right(api: Api) -> None:
    assert abs(seconds_ahead(api)) < 5
    for offset in (86_400.0, -3_600.5):
        answer = api.ask("PUT", "/sandbox/clock", json={"offset_seconds": offset})
        assert answer.json() == api.ask("GET", "/sandbox/clock").json() == {"offset_seconds": offset}
        assert abs(seconds_ahead(api) - offset) < 5
    assert api.ask("DELETE", "/sandbox/clock").json() == {"offset_seconds": 0.0}
    assert abs(seconds_ahead(api)) < 5


def test_every_answer_has_one_date(api: Api) -> None:
    add_fault(api, "status", match={"path": "wells"}, headers={"Date": "some day"})
    assert api.get("wells").headers.get_list("Date") == ["some day"]
    for path in ("wells", "nothing"):
        assert len(api.get(path).headers.get_list("Date")) == 1


@pytest.mark.parametrize("body", [{}, [], {"offset_seconds": "x"}, {"offset_seconds": 1e300}])
def test_other_clocks_are_refused(api: Api, body: Any) -> None:
    assert api.ask("PUT", "/sandbox/clock", json=body).status_code == 400
