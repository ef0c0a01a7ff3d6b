"""Step 3, validate: a staged batch against its suite, in the database, with Data Docs as evidence.

Great Expectations reports its own failures to look at the data as failed expectations; here they are told
apart: what could not be evaluated is an infrastructure error and retried, what failed is the data's.
"""

import logging
from typing import NamedTuple

from sqlalchemy.engine import URL

from enverus_elt.catalog import Dataset
from enverus_elt.errors import ExpectationError, TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.steps.batch import Batch, advance_batch, hold_batch, take_batch
from enverus_elt.steps.expectations import Failure, run_suite
from enverus_elt.steps.stage import partition_name
from enverus_elt.steps.volume import check_volume
from enverus_elt.suites import read

log = logging.getLogger(__name__)

READY = ("staged", "validated", "rejected")


class Validated(NamedTuple):
    """How many expectations ran and failed, and where a person reads it."""

    evaluated: int
    failed: int
    docs_url: str


def validate(
    conn: Warehouse, url: URL, store: ObjectStore, dataset: Dataset, batch_id: int, *, docs_base_url: str
) -> Validated:
    """Judge the batch's partition; the Data Docs are published whatever the judgement is.

    Raises ExpectationError when a critical expectation failed and VolumeError when a person has to look at its
    volume: core is not touched then. Raises TransientError when an expectation could not be evaluated.
    """
    batch = take_batch(conn, dataset, batch_id)
    docs_url = f"{docs_base_url.rstrip('/')}/{dataset.id}/{batch_id}/index.html"
    if batch.committed:
        return Validated(0, batch.failed_expectations or 0, docs_url)
    if batch.state not in READY:
        raise TerminalError(f"{dataset.id}: batch {batch_id} is {batch.state}: run its stage step first")
    check_volume(conn, dataset, batch)
    heading = f"{dataset.title}, batch {batch_id}"
    outcome = run_suite(url, read(dataset), partition_name(dataset, batch_id), heading, dataset.sensitive)
    store.put(f"{batch.keys.docs}/index.html", outcome.page.encode(), "text/html")
    store.put(f"{batch.keys.docs}/result.json", outcome.record.encode(), "application/json")
    critical = [failure for failure in outcome.failures if failure.severity == "critical"]
    _record(conn, batch, "rejected" if critical else "validated", len(outcome.failures), docs_url)
    for failure in outcome.failures:
        log.warning("%s: batch %s: %s", dataset.id, batch_id, failure)
    if critical:
        raise ExpectationError(_refusal(dataset, batch_id, critical, docs_url))
    log.info("%s: batch %s met %s expectations, %s did not", dataset.id, batch_id, *outcome.counts)
    return Validated(outcome.evaluated, len(outcome.failures), docs_url)


def _record(conn: Warehouse, batch: Batch, state: str, failed: int, docs_url: str) -> None:
    with conn.transaction():
        hold_batch(conn, batch)
        advance_batch(conn, batch, state, failed_expectations=failed, docs_url=docs_url)


def _refusal(dataset: Dataset, batch_id: int, critical: list[Failure], docs_url: str) -> str:
    first, others = critical[0], len(critical) - 1
    more = f" and {others} more" if others else ""
    return f"{dataset.id}: batch {batch_id} must not reach core: {first}{more}; evidence: {docs_url}"
