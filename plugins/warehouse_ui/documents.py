"""Data Docs from the object store, readable by whoever may read the dataset's DAG in Airflow."""

import mimetypes
from functools import cache

import orjson
from botocore.exceptions import BotoCoreError, ClientError
from fastapi import APIRouter, HTTPException, Response

from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.paths import DATA_DOCS, EVIDENCE_INDEX
from warehouse_ui.access import ReadableDataset

router = APIRouter()

# A document has scripts of its own, and values that came with the data. It runs as a stranger to this site: without
# the reader's session, and without a way to send anything anywhere.
DOCUMENT_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';"
    " style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'self'"
)
HEADERS = {
    "Cache-Control": "private, max-age=300",
    "Content-Security-Policy": DOCUMENT_POLICY,
    "X-Content-Type-Options": "nosniff",
}


@router.get("/" + DATA_DOCS + "/{dataset_id}/{batch_id}/{page:path}")
def data_docs(dataset_id: ReadableDataset, batch_id: int, page: str) -> Response:
    """One file of a batch's Data Docs."""
    if not {"", ".", ".."}.isdisjoint(page.split("/")):
        raise HTTPException(404, "there is no such page")
    try:
        body = _store().get(f"{DATA_DOCS}/{dataset_id}/{batch_id}/{page}")
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise HTTPException(404, f"batch {batch_id} of {dataset_id} has no page {page}") from error
        raise HTTPException(502, "the object store did not answer") from error
    return Response(body, media_type=mimetypes.guess_type(page)[0] or "application/octet-stream", headers=HEADERS)


def document_names(prefix: str | None) -> list[str]:
    """The files of a batch's evidence, pages for people first; none where they cannot be had."""
    if prefix is None:
        return []
    try:
        files = orjson.loads(_store().get(f"{prefix}/{EVIDENCE_INDEX}"))["files"]
    except (BotoCoreError, ClientError):
        return []
    return [*sorted(files, key=lambda name: (not name.endswith(".html"), name)), EVIDENCE_INDEX]


@cache
def _store() -> ObjectStore:
    return object_store()
