"""Step 3, validate: a staged batch against its suite, in the database, with Data Docs as evidence.

Great Expectations reports its own failures to look at the data as failed expectations; here they are told
apart: what could not be evaluated is an infrastructure error and retried, what failed is the data's.
"""

import logging
from concurrent.futures import wait
from typing import Any, NamedTuple

from sqlalchemy.engine import URL

from enverus_elt.catalog import Dataset
from enverus_elt.errors import ExpectationError, TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.paths import DATA_DOCS
from enverus_elt.sources.background import begin
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, hold_batch, take_batch
from enverus_elt.steps.evidence import publish, suite_digest
from enverus_elt.steps.expectations import Failure, Outcome, run_suite
from enverus_elt.steps.review.pages import PROFILE, evidence_pages
from enverus_elt.steps.signoff import why_to_sign
from enverus_elt.steps.stage import partition_name
from enverus_elt.steps.volume import check_volume
from enverus_elt.suites import read

log = logging.getLogger(__name__)

READY = ("staged", "validated", "rejected")
PROFILES_COMPARED = 5


class Validated(NamedTuple):
    """How many expectations ran and failed, where a person reads it, and why one has to sign, if so."""

    evaluated: int
    failed: int
    docs_url: str
    signoff_reason: str | None


def validate(
    conn: Warehouse,
    url: URL,
    store: ObjectStore,
    dataset: Dataset,
    batch_id: int,
    *,
    docs_base_url: str,
    ask_to_sign: bool = False,
) -> Validated:
    """Judge the batch's partition; the evidence is published whatever the judgement is.

    Raises ExpectationError when a critical expectation failed and VolumeError when a person has to look at its
    volume: core is not touched then. Raises TransientError when an expectation could not be evaluated.
    """
    batch = take_batch(conn, dataset, batch_id)
    if batch.committed:
        return Validated(0, batch.failed_expectations or 0, batch.docs_url or "", batch.signoff_reason)
    if batch.state not in READY:
        raise TerminalError(f"{dataset.id}: batch {batch_id} is {batch.state}: run its stage step first")
    check_volume(conn, dataset, batch)
    suite = read(dataset)
    outcome, pages = _look_at(conn, url, store, dataset, batch, suite=suite)
    critical = [failure for failure in outcome.failures if failure.severity == "critical"]
    warnings = sum(failure.severity == "warning" for failure in outcome.failures)
    digest = suite_digest(suite)
    facts = {"dataset": dataset.id, "batch_id": batch_id, "suite_sha256": digest}
    files = {"index.html": outcome.page.encode(), "result.json": outcome.record.encode()}
    files |= pages
    evidence = publish(store, batch.keys.docs, files, **facts)
    docs_url = f"{docs_base_url.rstrip('/')}{evidence.prefix.removeprefix(DATA_DOCS)}/index.html"
    reason = None if critical else why_to_sign(conn, dataset, warnings, asked=ask_to_sign)
    judgement = {
        "state": "rejected" if critical else "validated",
        "expectations": outcome.evaluated,
        "failed_expectations": len(outcome.failures),
        "docs_url": docs_url,
        "evidence_prefix": evidence.prefix,
        "evidence_sha256": evidence.sha256,
        "signoff_reason": reason,
    }
    _record(conn, batch, {**facts, **judgement})
    for failure in outcome.failures:
        log.warning("%s: batch %s: %s", dataset.id, batch_id, failure)
    if critical:
        raise ExpectationError(_refusal(dataset, batch_id, critical, docs_url))
    log.info("%s: batch %s met %s expectations, %s did not", dataset.id, batch_id, *outcome.counts)
    return Validated(outcome.evaluated, len(outcome.failures), docs_url, reason)


def _look_at(
    conn: Warehouse, url: URL, store: ObjectStore, dataset: Dataset, batch: Batch, *, suite: dict[str, Any]
) -> tuple[Outcome, dict[str, bytes]]:
    """What the expectations say of the batch, and meanwhile, by another connection, its profile and its map."""
    heading = f"{dataset.title}, batch {batch.batch_id}"
    judging = begin(run_suite, url, suite, partition_name(dataset, batch.batch_id), heading, dataset.sensitive)
    try:
        pages = evidence_pages(conn, store, dataset, batch, _earlier_profiles(conn, dataset))
    finally:
        wait([judging])  # nothing of the task reads the warehouse after its end
    return judging.result(), pages


def _earlier_profiles(conn: Warehouse, dataset: Dataset) -> list[str]:
    """Keys of the profiles that the batch's is compared with."""
    values = {"dataset": dataset.id, "most": PROFILES_COMPARED}
    rows = conn.execute(render("ops/select_earlier_evidence.sql"), values).fetchall()
    return [f"{row['evidence_prefix']}/{PROFILE}" for row in rows]


def _record(conn: Warehouse, batch: Batch, judgement: dict[str, Any]) -> None:
    """A question about an earlier judgement is closed: its answer would not be one to this."""
    with conn.transaction():
        hold_batch(conn, batch)
        conn.execute(render("ops/record_judgement.sql"), judgement)
        conn.execute(render("ops/close_request.sql"), judgement)


def _refusal(dataset: Dataset, batch_id: int, critical: list[Failure], docs_url: str) -> str:
    first, others = critical[0], len(critical) - 1
    more = f" and {others} more" if others else ""
    return f"{dataset.id}: batch {batch_id} must not reach core: {first}{more}; evidence: {docs_url}"
