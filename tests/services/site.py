"""A warehouse, buckets and an API of one test's own, on servers that the whole test run shares."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from enverus_elt.catalog import Dataset, SignOff, load_dataset
from enverus_elt.hooks.connections import DATA_LAKE, LANDING_ZONE
from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.hooks.warehouse import Warehouse, connect, sqlalchemy_url
from enverus_elt.operators.sources import open_source
from enverus_elt.steps.batch import take_batch
from enverus_elt.steps.extract import extract
from enverus_elt.steps.merge import Merged, archive, merge
from enverus_elt.steps.opening import LoadRequest
from enverus_elt.steps.stage import stage
from enverus_elt.steps.validate import validate

DOCS = "http://ui.test/warehouse/data-docs"


@dataclass(frozen=True)
class Site:
    """What a test works on; ``env`` holds its Airflow connections."""

    env: dict[str, str]
    api: str

    @contextmanager
    def warehouse(self, role: str = "") -> Iterator[psycopg.Connection[dict[str, Any]]]:
        """A connection as loader, or as ``owner`` or ``reader``."""
        facts = json.loads(self.env["AIRFLOW_CONN_WAREHOUSE" + (f"_{role.upper()}" if role else "")])
        names = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}
        arguments = {name: facts[fact] for name, fact in names.items()}
        with psycopg.connect(**arguments, autocommit=True, row_factory=dict_row, options="-c timezone=UTC") as conn:
            yield conn

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query, as the loader sees them."""
        with self.warehouse() as conn:
            return conn.execute(query, values or None).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The one value of a query."""
        (row,) = self.rows(query, *values)
        (value,) = row.values()
        return value

    @cached_property
    def store(self) -> ObjectStore:
        """The pipeline's bucket."""
        return object_store()

    @cached_property
    def landing(self) -> ObjectStore:
        """The landing zone's bucket."""
        return object_store(LANDING_ZONE)

    @cached_property
    def lake(self) -> ObjectStore:
        """The data lake's bucket."""
        return object_store(DATA_LAKE)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Tell the API what to serve or how to misbehave."""
        key = json.loads(self.env["AIRFLOW_CONN_ENVERUS"])["password"]
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{self.api}/sandbox/{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=60, verify=False)  # no TLS to set up
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def serve(self, vintage: str) -> None:
        """Serve the data as published in that year."""
        self.control("PUT", "vintage", {"vintage": vintage})

    def change(
        self,
        dataset: str,
        *upsert: dict[str, Any],
        delete: Any = (),
        columns: Any = (),
        raw: Iterable[bytes] = (),
        clear: bool = False,
    ) -> None:
        """Change rows of the source; ``raw`` are rows as bytes, ``clear`` first takes all others away."""
        change = {"clear": clear, "columns": list(columns), "upsert": list(upsert), "delete": list(delete)}
        encoded = [base64.b64encode(row).decode() for row in raw]
        self.control("POST", f"rows/{dataset}", {**change, "raw": encoded})

    def clock(self, seconds: float) -> None:
        """Put the source's clock so many seconds ahead; behind, where they are negative."""
        self.control("PUT", "clock", {"offset_seconds": seconds})

    def extracted(self, dataset: str | Dataset, run_id: str, request: LoadRequest | None = None) -> int:
        """Run the first step; returns the batch's id."""
        known = _known(dataset)
        with connect() as conn, open_source(conn, known) as source:
            return extract(conn, self.store, source, known, run_id, request=request).batch_id

    def staged(self, dataset: str | Dataset, run_id: str) -> int:
        """Run the first two steps; returns the batch's id."""
        batch_id = self.extracted(dataset, run_id)
        with connect() as conn:
            stage(conn, self.store, _known(dataset), batch_id)
        return batch_id

    def validated(self, dataset: str | Dataset, run_id: str) -> int:
        """Run the first three steps; returns the batch's id."""
        batch_id = self.staged(dataset, run_id)
        self.judged(dataset, batch_id)
        return batch_id

    def judged(self, dataset: str | Dataset, batch_id: int) -> int:
        """Run the third step on a batch; returns how many expectations it does not meet.

        As if nobody had to sign: the rows of a test are rarely what a reviewer would want.
        """
        with connect() as conn:
            url, known = sqlalchemy_url(), _known(dataset).model_copy(update={"signoff": SignOff()})
            return validate(conn, url, self.store, known, batch_id, docs_base_url=DOCS).failed

    def merged(self, dataset: str | Dataset, batch_id: int) -> Merged:
        """Run the fourth step on a batch."""
        known = _known(dataset)
        with connect() as conn:
            outcome = merge(conn, known, batch_id)
            archive(conn, self.store, known, batch_id)
        return outcome

    def loaded(self, dataset: str | Dataset, run_id: str) -> Merged:
        """Run the first four steps."""
        return self.merged(dataset, self.validated(dataset, run_id))

    def approve(self, conn: Warehouse, dataset: str, batch_id: int) -> None:
        """Take validation for granted, where a test is not about it."""
        take_batch(conn, load_dataset(dataset), batch_id)
        conn.execute("UPDATE ops.load_batches SET state = 'validated' WHERE batch_id = %s", (batch_id,))


def _known(dataset: str | Dataset) -> Dataset:
    return load_dataset(dataset) if isinstance(dataset, str) else dataset
