"""Between validate and merge: whether a batch needs a signature, and the record of who gave it.

A signature is given on evidence: on the digest of what the reviewer was shown. Judge the batch again, and an answer
to the earlier question signs nothing.
"""

import logging
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from enverus_elt.catalog import Dataset, NextBatch, SignOffPolicy
from enverus_elt.errors import SignOffError, TerminalError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch, advance_batch, hold_batch, take_batch
from enverus_elt.steps.evidence import Evidence, verify
from enverus_elt.steps.opening import is_first

log = logging.getLogger(__name__)

SHORTEST_PATIENCE = timedelta(minutes=1)  # a question that expires at once would ask nobody


class Decision(StrEnum):
    """How a question to the reviewers ends."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Answer(NamedTuple):
    """What a reviewer answered; ``by`` is the id of an Airflow user and empty where nobody did."""

    decision: Decision
    at: datetime
    by: str | None = None
    name: str | None = None
    comment: str | None = None


class Question(NamedTuple):
    """A batch that waits for a signature: why, and for how long."""

    batch: Batch
    reason: str
    patience: timedelta


def why_to_sign(conn: Warehouse, dataset: Dataset, warnings: int, *, asked: bool) -> str | None:
    """Why the dataset's policy, or whoever started the run, has a batch with so many warnings signed; None if not."""
    policy = dataset.signoff.policy
    if asked:
        return "whoever started the run asked for it"
    if policy is SignOffPolicy.ALWAYS:
        return "every batch of the dataset is signed"
    if policy is SignOffPolicy.FIRST_LOAD and is_first(conn, dataset):
        return "it is the first load of the dataset"
    if policy is SignOffPolicy.ON_WARNING and warnings:
        return f"{warnings:,} expectation{'s' if warnings > 1 else ''} of severity warning failed"
    return None


def ask(conn: Warehouse, dataset: Dataset, batch_id: int, run_id: str) -> Question | None:
    """Put the question of a validated batch on record; None where no signature is missing.

    An earlier question about the batch is closed: its answer would be one to other evidence, or to another run.
    """
    batch = take_batch(conn, dataset, batch_id)
    if batch.committed or not signature_is_missing(conn, batch):
        return None
    if batch.state != "validated" or batch.signoff_reason is None:
        raise TerminalError(f"{dataset.id}: batch {batch_id} is {batch.state}: run its validate step first")
    if not dataset.signoff.reviewers:
        raise TerminalError(
            f"{dataset.id}: batch {batch_id} needs a signature, and the catalog names nobody who may sign:"
            " add signoff.reviewers"
        )
    patience = _patience(dataset, datetime.now(UTC))
    values: dict[str, Any] = {
        "batch_id": batch_id,
        "dataset": dataset.id,
        "run_id": run_id,
        "reason": batch.signoff_reason,
        "evidence_sha256": batch.evidence_sha256,
        "reviewers": list(dataset.signoff.reviewers),
        "patience": patience,
        "remind_every": timedelta(hours=dataset.signoff.remind_after_hours),
    }
    with conn.transaction():
        hold_batch(conn, batch)
        conn.execute(render("ops/close_request.sql"), values)
        conn.execute(render("ops/open_request.sql"), values)
    return Question(batch, batch.signoff_reason, patience)


def record(
    conn: Warehouse, store: ObjectStore, dataset: Dataset, batch_id: int, *, run_id: str, answer: Answer
) -> None:
    """Put the answer on record, once.

    Raises SignOffError when the answer is no, after it was recorded, and when it answers no question that is open;
    EvidenceError when the files are no longer what was shown.
    """
    batch = take_batch(conn, dataset, batch_id)
    if answer.decision is Decision.APPROVED and batch.evidence_prefix and batch.evidence_sha256:
        verify(store, Evidence(batch.evidence_prefix, batch.evidence_sha256))
    values = {"batch_id": batch_id, "run_id": run_id}
    with conn.transaction():
        batch = hold_batch(conn, batch)
        request = conn.execute(render("ops/hold_request.sql"), values).fetchone()
        _check(dataset, batch, request, answer)
        facts = {"decided_by": answer.by, "decided_by_name": answer.name, "decided_at": answer.at}
        values |= {**(request or {}), **facts, "decision": answer.decision, "comment": answer.comment or None}
        conn.execute(render("ops/insert_signoff.sql"), values)
        conn.execute(render("ops/close_request.sql"), values)
        if answer.decision is not Decision.APPROVED:
            advance_batch(conn, batch, "rejected")
    if answer.decision is not Decision.APPROVED:
        raise SignOffError(refusal(dataset, batch_id, answer))
    log.info("%s: batch %s was approved by %s", dataset.id, batch_id, answer.by)


def require_signature(conn: Warehouse, batch: Batch) -> None:
    """Raise SignOffError unless the batch needs none, or has one under the evidence that it has now."""
    if signature_is_missing(conn, batch):
        raise SignOffError(
            f"{batch.dataset}: batch {batch.batch_id} waits for a signature, for {batch.signoff_reason}: nothing was"
            " merged. To have it asked for, trigger the dataset's DAG in Airflow with this batch in its form"
        )


def signature_is_missing(conn: Warehouse, batch: Batch) -> bool:
    """Whether the batch needs a signature that it has not got."""
    if batch.signoff_reason is None:
        return False
    values = {"batch_id": batch.batch_id, "evidence_sha256": batch.evidence_sha256}
    return conn.execute(render("ops/select_signature.sql"), values).fetchone() is None


def refusal(dataset: Dataset, batch_id: int, answer: Answer) -> str:
    """Why the batch is not merged, in one line."""
    stays = "it stays in staging, and the next load reads its rows again"
    if answer.decision is Decision.EXPIRED:
        return f"{dataset.id}: nobody signed for batch {batch_id} in time: {stays}"
    comment = " ".join((answer.comment or "no reason given").split())
    return f"{dataset.id}: batch {batch_id} was rejected by {answer.by}: {comment}: {stays}"


def _patience(dataset: Dataset, now: datetime) -> timedelta:
    """How long the question stays open."""
    longest = timedelta(hours=dataset.signoff.timeout_hours)
    if dataset.signoff.next_batch is NextBatch.SUPERSEDE and dataset.schedule is not None:
        longest = min(longest, dataset.schedule.next(now) - now)
    return max(longest, SHORTEST_PATIENCE)


def _check(dataset: Dataset, batch: Batch, request: dict[str, Any] | None, answer: Answer) -> None:
    about = f"{dataset.id}: batch {batch.batch_id}"
    if request is None:
        raise SignOffError(f"{about}: no question of this run is open: clear its sign_off task to ask again")
    if request["evidence_sha256"] != batch.evidence_sha256:
        raise SignOffError(f"{about} was judged again after the question: clear the sign_off task to ask again")
    if answer.by is not None and answer.by not in request["reviewers"]:
        raise SignOffError(f"{about}: {answer.by} may not sign for this dataset")
