"""All datasets on one page: how fresh they are, what happened last, and what waits for a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models.dagrun import DagRun
from airflow.utils.state import DagRunState
from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select

from warehouse_ui.access import readable
from warehouse_ui.reading import reader
from warehouse_ui.rendering import page

router = APIRouter()

RECENTLY = timedelta(days=7)


@router.get("/")
def overview(request: Request, user: GetUserDep, session: SessionDep) -> Response:
    """The datasets whose DAGs the user may read; those that want somebody's attention first."""
    with reader() as warehouse:
        found = warehouse.all("select_datasets", dataset=None)
    allowed = readable(user, {row["dag_id"] for row in found})
    rows = [row for row in found if row["dag_id"] in allowed]
    failures = _failures(session, allowed)
    for row in rows:
        row["failures"] = failures.get(row["dag_id"], 0)
    rows.sort(key=_urgency)
    facts = {
        "waiting": [row for row in rows if row["waiting_batch_id"]],
        "late": sum(bool(row["is_late"]) for row in rows),
        "failed": sum(bool(row["failures"]) for row in rows),
        "quarantined": sum(row["in_quarantine"] for row in rows),
    }
    return page(request, "overview.html", rows=rows, recently=RECENTLY, **facts)


def _failures(session: Any, dag_ids: set[str]) -> dict[str, int]:
    """Failed runs of late, by DAG."""
    since = datetime.now(UTC) - RECENTLY
    query = (
        select(DagRun.dag_id, func.count())
        .where(DagRun.state == DagRunState.FAILED, DagRun.run_after >= since, DagRun.dag_id.in_(dag_ids))
        .group_by(DagRun.dag_id)
    )
    return dict(session.execute(query).all())


def _urgency(row: dict[str, Any]) -> tuple[bool, bool, bool, str]:
    return (not row["waiting_batch_id"], not row["is_late"], not row["failures"], row["title"])
