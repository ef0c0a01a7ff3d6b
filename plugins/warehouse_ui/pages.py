"""Data Docs from the object store, readable by whoever may read the dataset's DAG in Airflow."""

import mimetypes
from functools import cache
from typing import Annotated
from urllib.parse import urlencode

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException, Path, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from enverus_elt.catalog import dag_id
from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.paths import DATA_DOCS

app = FastAPI(title="Warehouse", docs_url=None, redoc_url=None, openapi_url=None)

DatasetId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$")]


@app.get("/data-docs/{dataset_id}/{batch_id}/{page:path}")
def data_docs(dataset_id: DatasetId, batch_id: int, page: str, user: GetUserDep) -> Response:
    """One file of a batch's Data Docs."""
    details = DagDetails(id=dag_id(dataset_id))
    if not get_auth_manager().is_authorized_dag(method="GET", details=details, user=user):
        raise HTTPException(403, f"you may not read the DAG of {dataset_id}")
    if ".." in page.split("/"):
        raise HTTPException(404, "there is no such page")
    try:
        body = _store().get(f"{DATA_DOCS}/{dataset_id}/{batch_id}/{page}")
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise HTTPException(404, f"batch {batch_id} of {dataset_id} has no page {page}") from error
        raise HTTPException(502, "the object store did not answer") from error
    headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=mimetypes.guess_type(page)[0] or "application/octet-stream", headers=headers)


@app.exception_handler(StarletteHTTPException)
def explain(request: Request, error: StarletteHTTPException) -> Response:
    """A person without a session is led to the login and back; everything else is one line of text."""
    if error.status_code == 401 and "text/html" in request.headers.get("accept", ""):
        login = f"{conf.get('api', 'base_url').rstrip('/')}/api/v2/auth/login"
        return RedirectResponse(f"{login}?{urlencode({'next': str(request.url)})}")
    return PlainTextResponse(str(error.detail), error.status_code)


@cache
def _store() -> ObjectStore:
    return object_store()
