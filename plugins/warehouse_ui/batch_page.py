"""One batch: its rows' fates, its evidence, and the question to its reviewers."""

from typing import Any
from urllib.parse import quote

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, Response

from enverus_elt.catalog import dag_id
from warehouse_ui.access import ReadableDataset
from warehouse_ui.documents import document_names
from warehouse_ui.reading import reader
from warehouse_ui.rendering import page
from warehouse_ui.trend import pass_rate

router = APIRouter()

MOST_REASONS = 50
FATES = ("inserted", "updated", "unchanged", "stale", "duplicate", "deleted")


@router.get("/datasets/{dataset_id}/batches/{batch_id}")
def batch_page(request: Request, dataset_id: ReadableDataset, batch_id: int, user: GetUserDep) -> Response:
    """The batch; with a form where it waits for a signature that the user may give."""
    with reader() as warehouse:
        batch = warehouse.one("select_batch", dataset=dataset_id, batch_id=batch_id)
        if batch is None:
            raise HTTPException(404, f"{dataset_id} has no batch {batch_id}")
        question = warehouse.one("select_question", batch_id=batch_id)
        signoffs = warehouse.all("select_signoffs", batch_id=batch_id)
        reasons = warehouse.all("select_rejected_rows", batch_id=batch_id, most=MOST_REASONS)
    batch["pass_rate"] = pass_rate(batch)
    return page(
        request,
        "batch.html",
        dataset_id=dataset_id,
        batch=batch,
        fates=FATES,
        question=question and {**question, **_answering(dataset_id, question, user)},
        documents=document_names(batch["evidence_prefix"]),
        signoffs=signoffs,
        reasons=reasons,
        run_path=f"/dags/{dag_id(dataset_id)}/runs/{quote(batch['airflow_run_id'], safe='')}",
    )


def _answering(dataset_id: str, question: dict[str, Any], user: BaseUser) -> dict[str, Any]:
    """Where Airflow takes the answer, which is the only place that does, and whether this user may give it."""
    run = quote(question["airflow_run_id"], safe="")
    task = f"/api/v2/dags/{dag_id(dataset_id)}/dagRuns/{run}/taskInstances/sign_off/-1"
    return {"answer_path": f"{task}/hitlDetails", "may_answer": user.get_id() in question["reviewers"]}
