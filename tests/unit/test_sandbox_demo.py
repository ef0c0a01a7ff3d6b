"""What the demo expects of a load, and what it says when a number is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import checks, oracle
from sandbox.airflow_client import last_error
from sandbox.oracle import Expected
from sandbox.warehouse import RunLog, Standing

SOURCE = Expected(first=100, added=10, changed=5, dropped=2)
START = datetime(2025, 1, 1, tzinfo=UTC)
LOAD = RunLog(
    batch_id=7,
    dataset="wells", extracted=18, staged=17, quarantined=1, inserted=10, updated=5, unchanged=0, stale=0, duplicate=0,
    deleted=2, absent=0, failed_expectations=0, started_at=START, finished_at=START + timedelta(seconds=3),
    docs_url=None,
)  # fmt: skip


def test_the_source_files_say_what_their_provenance_states() -> None:
    found = oracle.count()
    assert found["production"] == Expected(first=57_032, added=5_580, changed=335, dropped=21)
    assert found["production"].live_after == 62_591
    assert found["landtrac-leases"] == Expected(2_591, 0, 0, 0)
    assert found["wells"].first == 55_232
    assert found["wells"].first + found["wells"].added == 57_219
    assert found["well-headers"].dropped == 0


@pytest.mark.parametrize(
    ("vintage", "live_before", "wanted"),
    [
        ("2024", 0, (100, 0, 0)),
        ("2025", 100, (10, 5, 2)),
        ("2024", 100, (0, 0, 0)),
        ("2024", 108, (0, 0, 0)),
        ("2025", 108, (0, 0, 0)),
        ("2025", 0, None),
        ("2024", 57, None),
    ],
)
def test_what_a_load_must_change(vintage: str, live_before: int, wanted: tuple[int, int, int] | None) -> None:
    assert checks.changes(vintage, live_before, SOURCE) == wanted


def test_a_load_that_adds_up_is_not_mentioned() -> None:
    assert list(checks.of_loads("wells", "2025", 100, SOURCE, [LOAD])) == []


def test_what_a_second_load_finds_unchanged_is_not_counted_again() -> None:
    again = replace(
        LOAD, batch_id=8, extracted=3, staged=3, quarantined=0, inserted=0, updated=0, unchanged=3, deleted=0
    )
    assert list(checks.of_loads("wells", "2025", 100, SOURCE, [LOAD, again])) == []


def test_rows_deleted_by_their_absence_count_as_deleted() -> None:
    load = replace(LOAD, staged=15, extracted=16, deleted=0, absent=2)
    assert list(checks.of_loads("wells", "2025", 100, SOURCE, [load])) == []


@pytest.mark.parametrize(
    ("loads", "line"),
    [
        ([], "wells 2025: ops.run_log has no load"),
        ([replace(LOAD, updated=4, unchanged=1)], "wells 2025: updated 4, the source files say 5"),
        ([replace(LOAD, extracted=19)], "wells 2025: extracted 19 is not staged 17 + quarantined 1"),
        ([replace(LOAD, staged=18, extracted=19)], "wells 2025: staged 18, but the merge accounts for 17 rows"),
    ],
)
def test_each_wrong_number_is_one_line(loads: list[RunLog], line: str) -> None:
    assert list(checks.of_loads("wells", "2025", 100, SOURCE, loads)) == [line]


def test_core_must_hold_the_newest_vintage() -> None:
    assert list(checks.of_core({"wells": SOURCE}, {"wells": Standing(108, 110, None)})) == []
    assert list(checks.of_core({"wells": SOURCE}, {"wells": Standing(110, 110, None)})) == [
        "core, wells: 110 live rows, the newest source files have 108"
    ]


def test_the_last_error_of_a_task_log_is_its_exception() -> None:
    log = [
        {"event": "started", "level": "info"},
        {"event": "failed", "level": "error", "error_detail": [{"exc_type": "ValueError", "exc_value": "no key"}]},
        {"event": "ended", "level": "info"},
    ]
    assert last_error(log) == "ValueError: no key"
    assert last_error(log[:1]) == "no error in its log"
