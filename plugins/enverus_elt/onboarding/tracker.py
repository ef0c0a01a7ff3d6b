"""The team's tracker: how far each dataset has come from its schema to its loads, and what is open."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from enverus_elt.catalog import Dataset
from enverus_elt.onboarding.spreadsheet import add_sheet, new_workbook

Facts = Mapping[str, Any]

SHEET, TITLE = "Tracker", "Catalog and Ingestion Tracker"
COMMITTED = ("merged", "archived")
STUCK_HOURS = 24


def tracker_rows(datasets: Iterable[Dataset], known: Iterable[Facts]) -> list[dict[str, Any]]:
    """A row a dataset of the catalog; ``known`` is what the warehouse says of those that it has (select_tracker)."""
    by_id = {facts["dataset"]: facts for facts in known}
    return [_row(dataset, by_id.get(dataset.id, {})) for dataset in datasets]


def tracker_workbook(rows: list[dict[str, Any]]) -> Any:
    """The rows as a workbook with one sheet."""
    workbook = new_workbook()
    add_sheet(workbook, SHEET, list(rows[0]) if rows else ["Dataset"], [list(row.values()) for row in rows], TITLE)
    return workbook


def _row(dataset: Dataset, facts: Facts) -> dict[str, Any]:
    steps = dataset.onboarding
    return {
        "Dataset": dataset.id,
        "Title": dataset.title,
        "Owner": dataset.owner,
        "Source": dataset.source.name,
        "Schedule": dataset.due,
        "Schema imported": _day(steps.imported),
        "Workbook": steps.workbook,
        "Schema QA'd": _day(steps.reviewed),
        "QA'd by": steps.reviewed_by,
        "Table": _day(facts.get("table_made")),
        "DAG first run": _day(facts.get("first_opened")),
        "Initial load": _day(facts.get("first_loaded")),
        "Last load (UTC)": _minute(facts.get("last_loaded")),
        "Rows": int(facts["rows_inserted"]) if facts.get("rows_inserted") is not None else None,
        "SLA (h)": dataset.sla_hours,
        "Open issues": "; ".join(_issues(facts)),
    }


def _issues(facts: Facts) -> Iterator[str]:
    if not facts:
        yield "not in the warehouse yet: run 'enverus migrate'"
        return
    if facts["last_loaded"] is None:
        yield "never loaded"
    if facts["is_late"]:
        yield "late against its SLA"
    if facts["waiting_batch_id"]:
        yield f"batch {facts['waiting_batch_id']} waits for a signature"
    elif _is_stuck(facts):
        yield f"batch {facts['last_batch_id']} is {facts['last_state']} since {_minute(facts['last_opened'])}"
    if facts["in_quarantine"]:
        yield f"{facts['in_quarantine']:,} rows in quarantine"


def _is_stuck(facts: Facts) -> bool:
    """Whether the last batch was opened long ago and is not in core."""
    if facts["last_state"] in {None, *COMMITTED}:
        return False
    return bool(datetime.now(UTC) - facts["last_opened"] > timedelta(hours=STUCK_HOURS))


def _day(moment: date | datetime | None) -> str | None:
    """ISO dates sort as text, and no spreadsheet turns them round."""
    return f"{moment:%Y-%m-%d}" if moment else None


def _minute(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else None
