"""The extract from an API, with no more imports than its task has, and what decoding alone takes."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import orjson

from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect
from enverus_elt.sources.enverus import EnverusSource
from enverus_elt.sources.json_rows import decode_slices
from enverus_elt.steps.csv_rows import RowEncoder
from enverus_elt.steps.extract import extract


def extract_api(dataset_id: str, base_url: str) -> int:
    """The first step from the API; returns the batch."""
    os.environ["AIRFLOW_CONN_ENVERUS"] = json.dumps({"conn_type": "http", "host": base_url, "password": "a-key"})
    dataset = load_dataset(dataset_id)
    with connect() as conn, enverus_session(conn) as session:
        return extract(conn, object_store(), EnverusSource(session, dataset), dataset, f"api-{uuid4()}").batch_id


def decode(folder: str) -> int:
    """``orjson.loads`` of each page; returns the bytes."""
    return sum(len(page) for page in _pages(folder) if orjson.loads(page))


def decode_and_write(folder: str) -> int:
    """The same, and the values written by the csv module, as they are."""
    size = 0
    for page in _pages(folder):
        text = io.StringIO()
        csv.writer(text).writerows(row.values() for row in orjson.loads(page))
        size += text.tell()
    return size


def decode_and_encode(dataset_id: str, folder: str) -> int:
    """What the extract makes of each page in its own thread: decoded, looked at, encoded and hashed."""
    encoder = RowEncoder(load_dataset(dataset_id))
    for page in _pages(folder):
        for rows in decode_slices(page, "application/json", dataset_id):
            encoder.encode(rows)
    return encoder.rows


def _pages(folder: str) -> Iterator[bytes]:
    return (path.read_bytes() for path in sorted(Path(folder).glob("*.json")))
