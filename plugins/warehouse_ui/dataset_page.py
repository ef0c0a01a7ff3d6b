"""One dataset: where it stands, the index of its batches and their Data Docs with their trend, and its columns."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from enverus_elt.catalog import Dataset, dag_id, dataset_ids, load_dataset
from enverus_elt.errors import CatalogError
from warehouse_ui.access import ReadableDataset
from warehouse_ui.reading import reader
from warehouse_ui.rendering import page
from warehouse_ui.trend import bars, pass_rate

router = APIRouter()

A_PAGE = 60  # batches
DagId = Annotated[str, Path(alias="dag_id", pattern=r"^\w{1,80}$")]


@router.get("/datasets/{dataset_id}")
def dataset_page(
    request: Request, dataset_id: ReadableDataset, before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The dataset, with its newest batches or those before a batch."""
    with reader() as warehouse:
        standing = warehouse.one("select_datasets", dataset=dataset_id)
        if standing is None:
            raise HTTPException(404, f"there is no dataset {dataset_id}: 'enverus migrate' makes a new one known")
        batches = warehouse.all("select_batches", dataset=dataset_id, before=before, most=A_PAGE + 1)
    older = batches[A_PAGE - 1]["batch_id"] if len(batches) > A_PAGE else None
    shown = batches[:A_PAGE]
    for batch in shown:
        batch["pass_rate"] = pass_rate(batch)
    return page(
        request,
        "dataset.html",
        standing=standing,
        dataset=_catalog(dataset_id),
        batches=shown,
        bars=bars(shown),
        before=before,
        older=older,
    )


@router.get("/dags/{dag_id}")
def dag_page(request: Request, dag: DagId) -> Response:
    """Where Airflow's page of a DAG leads to: the dataset that it loads."""
    dataset_id = _loaded_by(dag)
    return RedirectResponse(f"{request.scope['root_path']}/{f'datasets/{dataset_id}' if dataset_id else ''}")


@router.get("/dags/{dag_id}/runs/{run_id}")
def run_page(request: Request, dag: DagId, run_id: str) -> Response:
    """Where Airflow's pages of a run and of its tasks lead to: the batch that it loads, or has yet to open."""
    dataset_id = _loaded_by(dag)
    if dataset_id is None:
        return RedirectResponse(f"{request.scope['root_path']}/")
    with reader() as warehouse:
        batch = warehouse.one("select_batch_of_run", dataset=dataset_id, run_id=run_id)
    page_of_it = f"/batches/{batch['batch_id']}" if batch else ""
    return RedirectResponse(f"{request.scope['root_path']}/datasets/{dataset_id}{page_of_it}")


def _loaded_by(dag: str) -> str | None:
    """The dataset that a DAG loads, if it is one of the catalog's."""
    return next((dataset_id for dataset_id in dataset_ids() if dag == dag_id(dataset_id)), None)


def _catalog(dataset_id: str) -> Dataset | None:
    """The dataset's file; a page about its batches is shown without it, too."""
    try:
        return load_dataset(dataset_id)
    except CatalogError:
        return None
