"""The report on a failed delivery: whole, readable, and nothing in it that its reader's program would act on."""

from datetime import UTC, datetime
from typing import Any

import pytest

from enverus_elt.lake.error_report import Reason, error_report
from enverus_elt.lake.ledger import Delivery

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def failed(**facts: Any) -> Delivery:
    known: dict[str, Any] = {
        "delivery_id": 17,
        "batch_id": "eia-2026",
        "manifest_key": "manifests/eia-2026.json",
        "manifest_etag": "abc",
        "manifest_modified_at": NOON,
        "manifest": b"{}",
        "uploader": "A Partner",
        "intent": "ingest_vector",
        "dataset": "sites",
        "state": "failed",
        "attempt": 1,
        "run_token": None,
        "airflow_run_id": "asset_triggered__1",
        "recipe": None,
        "version": None,
        "error": "files.0.size: too small\nfiles.1.path: not there",
        "report_key": None,
        "registered_at": NOON,
        "updated_at": NOON,
        "settled_at": None,
    }
    return Delivery(**(known | facts))


def test_it_names_the_delivery_the_run_and_every_mistake() -> None:
    report = error_report(failed(), Reason(theirs=True, run="http://ui/dags/delivery/runs/1"))
    lines = [line.strip() for line in report.splitlines()]
    assert lines[0] == "# Delivery 17 failed"
    assert "files.0.size: too small" in lines
    assert "files.1.path: not there" in lines
    for fact in ("eia-2026", "manifests/eia-2026.json", "A Partner", "sites", "http://ui/dags/delivery/runs/1"):
        assert fact in report
    assert "2026-05-04 12:00:00 UTC" in report


@pytest.mark.parametrize(
    ("theirs", "words", "other"),
    [
        (True, "upload the files that changed, and the manifest last", "retry"),
        (False, "manifest retry eia-2026", "last"),
    ],
)
def test_it_says_what_to_do_and_who_has_to(theirs: bool, words: str, other: str) -> None:
    advice = error_report(failed(), Reason(theirs)).partition("## What to do")[2].replace("\n", " ")
    assert words in advice
    assert other not in advice


def test_what_partners_wrote_is_no_markup() -> None:
    evil = failed(
        uploader="<script>alert(1)</script>\n# Approved",
        error="files.0.path: ![x](http://evil/) `b`\r\n## All is well",
        batch_id="a`b\nc",
    )
    report = error_report(evil)
    markup = [line for line in report.splitlines() if line and not line.startswith("    ")]
    assert not [line for line in markup if "script" in line or "evil" in line or "All is well" in line]
    assert [line for line in report.splitlines() if line.startswith("#")] == [
        "# Delivery 17 failed",
        "## What is wrong",
        "## What to do",
    ]


def test_a_manifest_that_could_not_be_read_is_reported_all_the_same() -> None:
    report = error_report(failed(uploader=None, intent=None, dataset=None, error=None, airflow_run_id=None))
    assert "unknown" in report
    assert "no reason was given" in report
