"""A place to work on a delivery: a scratch schema of the test's own warehouse, and a folder."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from enverus_elt.hooks.warehouse import Warehouse, connect
from enverus_elt.lake.scratch import scratch
from enverus_elt.lake.workshop import Workshop
from tests.services.site import Site

DELIVERY = """
INSERT INTO ops.deliveries
    (batch_id, manifest_key, manifest_etag, manifest_modified_at, manifest, state, attempt, dataset)
VALUES (%s, 'manifests/' || %s || '.json', 'etag', now(), '{}', 'running', 1, %s) RETURNING delivery_id
"""


def warehouse_uri() -> str:
    """libpq's URI of the loader's connection."""
    facts = json.loads(os.environ["AIRFLOW_CONN_WAREHOUSE"])
    login = f"{quote(facts['login'], safe='')}:{quote(facts['password'], safe='')}"
    return f"postgresql://{login}@{facts['host']}:{facts['port']}/{quote(facts['schema'], safe='')}"


def running_delivery(conn: Warehouse, batch_id: str = "b1", dataset: str = "leases") -> int:
    """Number of a delivery that its first attempt works on."""
    row = conn.execute(DELIVERY, (batch_id, batch_id, dataset)).fetchone()
    assert row is not None
    return int(row["delivery_id"])


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop as the loader has it."""
    with connect() as conn, scratch(conn, running_delivery(conn), 1) as schema:
        yield Workshop(conn, warehouse_uri(), schema, tmp_path)
