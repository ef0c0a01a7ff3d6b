"""The STAC catalog in the lake's bucket: derived from the ledger, so it can be written again at any time."""

import json
from typing import Any

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake import stac
from enverus_elt.lake.locks import ROOT, locked
from enverus_elt.sql import render

MEDIA_TYPES = {stac.ITEM: "application/geo+json"}


def write_catalog(conn: Warehouse, lake: ObjectStore, dataset: str) -> None:
    """Write the documents of one dataset, and the root; the dataset must be locked.

    Items come before the collection that links to them, and that before the root: no link leads nowhere.
    """
    for key, body in dataset_documents(conn, dataset).items():
        _put(lake, key, body)
    with locked(conn, ROOT):
        _put(lake, stac.CATALOG, root_document(conn))


def rewrite_catalog(conn: Warehouse, lake: ObjectStore) -> list[str]:
    """Write the documents of all datasets; returns their ids."""
    datasets = published_datasets(conn)
    for dataset in datasets:
        with locked(conn, dataset):
            write_catalog(conn, lake, dataset)
    return datasets


def published_datasets(conn: Warehouse) -> list[str]:
    """The ids of all datasets that have a version."""
    return [row["dataset"] for row in conn.execute(render("lake/select_datasets.sql")).fetchall()]


def dataset_documents(conn: Warehouse, dataset: str) -> dict[str, bytes]:
    """What the catalog has to say of a dataset, by key: its items, then its collection."""
    rows = conn.execute(render("lake/select_catalog.sql"), {"dataset": dataset}).fetchall()
    if not rows:
        return {}
    newest = rows[-1]["version"]
    items = {f"{dataset}/v{row['version']}/{stac.ITEM}": _body(stac.item(row, newest)) for row in rows}
    return {**items, f"{dataset}/{stac.COLLECTION}": _body(stac.collection(rows))}


def root_document(conn: Warehouse) -> bytes:
    """The entry of the catalog."""
    return _body(stac.root(conn.execute(render("lake/select_datasets.sql")).fetchall()))


def _put(lake: ObjectStore, key: str, body: bytes) -> None:
    lake.put(key, body, MEDIA_TYPES.get(key.rsplit("/", 1)[-1], "application/json"))


def _body(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
