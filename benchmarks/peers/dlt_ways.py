"""dlt into PostgreSQL, each time merged by key: what comes again replaces what is there.

dlt has no type for geometries, so a shape stays the text that it came as.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import pyarrow.parquet as pq
import requests
from dlt.sources.rest_api import rest_api_source

BATCH = 50_000
UPSERT = {"disposition": "merge", "strategy": "upsert"}
# Two cores: both normalise, and files are large enough to be worth a COPY each and small enough to be two.
SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__WORKERS": "2",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
    "DATA_WRITER__FILE_MAX_ITEMS": "50000",
}


def from_arrow(url: str, schema: str, path: str, file_format: str, key: str) -> int:
    """Arrow batches of a Parquet file; ``parquet`` goes through ADBC, ``csv`` through COPY."""

    def batches() -> Iterator[Any]:
        yield from pq.ParquetFile(path).iter_batches(BATCH)

    resource = dlt.resource(batches, name="wells", primary_key=key, write_disposition=UPSERT)
    return _run(url, schema, resource, file_format)


def from_api(url: str, schema: str, base_url: str, path: str, key: str) -> int:
    """Dicts from a REST source that follows ``Link`` headers, with the formats that dlt picks itself."""
    token = requests.post(f"{base_url}tokens", json={"secretKey": "a-key"}, timeout=30).json()["token"]
    source = rest_api_source(
        {
            "client": {
                "base_url": base_url,
                "auth": {"type": "bearer", "token": token},
                "paginator": {"type": "header_link"},
            },
            "resources": [
                {
                    "name": "wells",
                    "endpoint": {"path": path, "data_selector": "$"},
                    "primary_key": key.split(","),
                    "write_disposition": UPSERT,
                }
            ],
        }
    )
    return _run(url, schema, source, None)


def _run(url: str, schema: str, data: Any, file_format: str | None) -> int:
    os.environ |= SETTINGS
    with tempfile.TemporaryDirectory(prefix="dlt-") as folder:
        pipeline = dlt.pipeline(
            "peer", pipelines_dir=folder, destination=dlt.destinations.postgres(url), dataset_name=schema
        )
        pipeline.run(data, loader_file_format=file_format).raise_on_failed_jobs()
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
