"""The tracker tells how far each dataset has come, from the catalog and from what the warehouse recorded."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from typer.testing import CliRunner

from enverus_elt.catalog import dataset_ids, load_dataset
from enverus_elt.catalog.onboarding import Onboarding
from enverus_elt.cli import app
from enverus_elt.onboarding.tracker import tracker_rows
from tests.services.site import Site

LEASES, HEADERS = "landtrac-leases", "well-headers"


def export(*words: str) -> str:
    result = CliRunner().invoke(app, ["tracker", "export", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def exported() -> dict[str, dict[str, Any]]:
    return {row["Dataset"]: row for row in json.loads(export("--json"))}


def test_a_dataset_is_followed_from_its_table_to_its_last_load(site: Site) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    before = exported()
    assert sorted(before) == dataset_ids()
    assert (before[LEASES]["Table"], before[LEASES]["Initial load"]) == (today, None)
    assert before[LEASES]["Open issues"] == "never loaded"
    site.change(LEASES, {"LeaseID": 1, "UpdatedDate": "2018-01-01T00:00:00", "TermMonths": "many"})
    site.loaded(LEASES, "first")
    row = exported()[LEASES]
    assert (row["Initial load"], row["DAG first run"], row["Rows"]) == (today, today, 2591)
    assert row["Last load (UTC)"].startswith(today)
    assert row["Open issues"] == "1 rows in quarantine"
    site.rows("UPDATE ops.run_log SET finished_at = finished_at - interval '30 days' RETURNING 1")
    assert exported()[LEASES]["Open issues"] == "late against its SLA; 1 rows in quarantine"
    site.staged(LEASES, "stuck")
    site.rows("UPDATE ops.load_batches SET created_at = created_at - interval '2 days' RETURNING 1")
    assert "batch 2 is staged since " in exported()[LEASES]["Open issues"]


def test_the_workbook_has_a_row_a_dataset(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    assert export("--output", str(path)) == f"wrote {path}: {len(dataset_ids())} datasets\n"
    title, _, heads, *rows = load_workbook(path)["Tracker"].iter_rows(values_only=True)
    assert title[0] == "Catalog and Ingestion Tracker"
    assert [row[heads.index("Dataset")] for row in rows] == dataset_ids()


def test_what_only_the_catalog_knows_is_told_too() -> None:
    facts = {"imported": "2026-01-05", "workbook": "Fields.xlsx", "reviewed": "2026-01-07", "reviewed_by": "qa"}
    dataset = load_dataset(HEADERS).model_copy(update={"onboarding": Onboarding.model_validate(facts)})
    (row,) = tracker_rows([dataset], [])
    assert [row[name] for name in ("Schema imported", "Workbook", "Schema QA'd", "QA'd by")] == list(facts.values())
    assert row["Open issues"] == "not in the warehouse yet: run 'enverus migrate'"
