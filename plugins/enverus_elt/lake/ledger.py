"""The ledger of deliveries: which manifests were found, who works on them, and how they ended.

A manifest is known by its key, its tag and its time: found twice it is one delivery, uploaded again it is another.
Whoever works on a delivery holds a token that each attempt takes anew, and proves it in every transaction that writes.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from enverus_elt.deliveries.manifest import parse_manifest
from enverus_elt.errors import DeliveryError, StaleWorkerError, TerminalError, TransientError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.documents import document, storable
from enverus_elt.sql import render

log = logging.getLogger(__name__)

UNFINISHED = ("registered", "running")
DONE = ("published", "unchanged")
LANDING_ZONE = "landing zone"


@dataclass(frozen=True)
class Arrival:
    """A manifest that was found in the landing zone."""

    key: str
    etag: str
    modified_at: datetime
    body: bytes

    @property
    def batch_id(self) -> str:
        """What the manifest is called."""
        return PurePosixPath(self.key).name.removesuffix(".json")


@dataclass(frozen=True)
class Delivery:
    """A row of ``ops.deliveries``, as it was when it was read."""

    delivery_id: int
    batch_id: str
    manifest_key: str
    manifest_etag: str
    manifest_modified_at: datetime
    manifest: bytes
    uploader: str | None
    intent: str | None
    dataset: str | None
    state: str
    attempt: int
    run_token: UUID | None
    airflow_run_id: str | None
    recipe: str | None
    version: int | None
    error: str | None
    report_key: str | None
    registered_at: datetime
    updated_at: datetime
    settled_at: datetime | None

    @property
    def done(self) -> bool:
        """Whether its version is in the lake: nothing is left to do but to settle it."""
        return self.state in DONE

    @property
    def finished(self) -> bool:
        """Whether it ended, well or badly."""
        return self.state not in UNFINISHED

    @property
    def partition(self) -> str:
        """Names its work among all others', its dataset first: ``wells/12``."""
        return f"{self.dataset or 'unreadable'}/{self.delivery_id}"

    def __str__(self) -> str:
        return f"delivery {self.delivery_id} ({self.batch_id})"


def register(conn: Warehouse, arrivals: Iterable[Arrival], actor: str = LANDING_ZONE) -> list[Delivery]:
    """Take in what was found, each manifest once however often and by how many it is seen.

    Returns those of them that are not settled yet, in their order: what still has to be processed, is being
    processed, or has ended but its manifest was not moved. Numbers are given one registration at a time, in the order
    of the uploads, so that a later one never shows up before an earlier one.
    """
    found = []
    with conn.transaction():
        conn.execute(render("lake/lock_ledger.sql"))
        for arrival in sorted(arrivals, key=lambda one: (one.modified_at, one.key)):
            known = {"key": storable(arrival.key), "etag": arrival.etag, "modified_at": arrival.modified_at}
            row = conn.execute(render("lake/select_delivery_of_manifest.sql"), known).fetchone()
            if row is None:
                facts = {**known, **_facts(arrival), "batch_id": storable(arrival.batch_id), "body": arrival.body}
                row = _one(conn, "lake/insert_delivery.sql", facts)
                note(conn, row["delivery_id"], actor, "registered", manifest=arrival.key)
                log.info("delivery %s: %s was found", row["delivery_id"], arrival.key)
            found.append(_delivery(row))
    return sorted((one for one in found if one.settled_at is None), key=lambda one: one.delivery_id)


def take(conn: Warehouse, delivery_id: int, airflow_run_id: str) -> Delivery:
    """Take the delivery over from whichever attempt held it before, which may write nothing from here on.

    One whose version is in the lake is returned as it is (``done``): nothing is left but to settle it. Raises
    TerminalError for one that failed, TransientError while an earlier delivery of the same dataset is not finished.
    """
    with conn.transaction():
        before = _locked(conn, delivery_id)
        if before.done:
            return before
        if before.state == "failed":
            raise TerminalError(f"{before} has failed: correct what its report says and submit its manifest again")
        if (earlier := _earlier(conn, delivery_id)) is not None:
            raise TransientError(f"{before} waits: delivery {earlier} of {before.dataset} came first")
        values = {"delivery_id": delivery_id, "run_id": airflow_run_id}
        delivery = _delivery(_one(conn, "lake/take_delivery.sql", values))
        note(conn, delivery_id, airflow_run_id, "taken", attempt=delivery.attempt)
    return delivery


def hold(conn: Warehouse, delivery: Delivery) -> Delivery:
    """Inside a transaction: prove that this attempt still owns the delivery, and keep it so until the end."""
    values = {"delivery_id": delivery.delivery_id, "run_token": delivery.run_token}
    row = conn.execute(render("lake/hold_delivery.sql"), values).fetchone()
    if row is None:
        raise StaleWorkerError(f"{delivery} is no longer this attempt's: another one has taken over, or it has ended")
    return _delivery(row)


def turn_of(conn: Warehouse, delivery_id: int) -> bool:
    """Whether no earlier delivery of the same dataset is unfinished: versions are made in order."""
    return _earlier(conn, delivery_id) is None


def fail(conn: Warehouse, delivery: Delivery, error: str) -> Delivery:
    """End the delivery without a version; ``error`` has a line for each mistake.

    Whatever it has written must have been discarded before.
    """
    with conn.transaction():
        hold(conn, delivery)
        return _give_up(conn, delivery, error, delivery.airflow_run_id or LANDING_ZONE)


def give_up(conn: Warehouse, delivery_id: int, error: str, actor: str) -> Delivery:
    """End a delivery that nobody works on any more, whoever held it; one that has ended stays as it is."""
    with conn.transaction():
        delivery = _locked(conn, delivery_id)
        return delivery if delivery.finished else _give_up(conn, delivery, error, actor)


def settle(conn: Warehouse, delivery_id: int, actor: str, report_key: str | None = None) -> Delivery:
    """Record that the manifest of a finished delivery was moved, and where the report on it is."""
    with conn.transaction():
        before = _locked(conn, delivery_id)
        if not before.finished:
            raise TerminalError(f"{before} is {before.state}: its manifest must stay where it is")
        if before.settled_at is not None:
            return before
        note(conn, delivery_id, actor, "settled", report=report_key)
        values = {"delivery_id": delivery_id, "report_key": report_key}
        return _delivery(_one(conn, "lake/settle_delivery.sql", values))


def note(conn: Warehouse, delivery_id: int | None, actor: str, action: str, **detail: Any) -> None:
    """Add a line to the record of what was done."""
    values = {"delivery_id": delivery_id, "actor": storable(actor), "action": action, "detail": document(detail)}
    conn.execute(render("lake/insert_activity.sql"), values)


def find(conn: Warehouse, delivery_id: int) -> Delivery:
    """One delivery; raises TerminalError where there is none."""
    row = conn.execute(render("lake/select_delivery.sql"), {"delivery_id": delivery_id}).fetchone()
    if row is None:
        raise TerminalError(f"there is no delivery {delivery_id}")
    return _delivery(row)


def deliveries(
    conn: Warehouse,
    *,
    batch_id: str | None = None,
    states: Iterable[str] | None = None,
    settled: bool | None = None,
    most: int = 200,
) -> list[Delivery]:
    """Deliveries, the newest first: of one batch, in these states, settled or not yet."""
    known = None if states is None else list(states)
    values = {"batch_id": batch_id, "states": known, "settled": settled, "most": most}
    return [_delivery(row) for row in conn.execute(render("lake/select_deliveries.sql"), values).fetchall()]


def finish(conn: Warehouse, delivery: Delivery, state: str, version: int, recipe: str) -> Delivery:
    """Inside the transaction that makes it so: the delivery's content is in the lake, as this version."""
    values = {"delivery_id": delivery.delivery_id, "state": state, "version": version, "recipe": recipe, "error": None}
    row = _one(conn, "lake/finish_delivery.sql", values)
    note(conn, delivery.delivery_id, delivery.airflow_run_id or LANDING_ZONE, state, version=version, recipe=recipe)
    return _delivery(row)


def _give_up(conn: Warehouse, delivery: Delivery, error: str, actor: str) -> Delivery:
    known = storable(error.strip()) or "no reason was given"
    row = _one(conn, "lake/give_up_delivery.sql", {"delivery_id": delivery.delivery_id, "error": known})
    note(conn, delivery.delivery_id, actor, "failed", error=known)
    return _delivery(row)


def _facts(arrival: Arrival) -> dict[str, str | None]:
    """Who handed in what, as far as the manifest can be read; what is wrong with it is told when it is processed."""
    try:
        manifest = parse_manifest(arrival.body, arrival.batch_id)
        return {"uploader": storable(manifest.uploader), "intent": manifest.intent, "dataset": manifest.dataset}
    except DeliveryError:
        return {"uploader": _text(arrival.body, "uploader"), "intent": _text(arrival.body, "intent"), "dataset": None}


def _text(body: bytes, field: str) -> str | None:
    try:
        value = json.loads(body)[field]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return storable(value)[:100] if isinstance(value, str) else None


def _locked(conn: Warehouse, delivery_id: int) -> Delivery:
    row = conn.execute(render("lake/lock_delivery.sql"), {"delivery_id": delivery_id}).fetchone()
    if row is None:
        raise TerminalError(f"there is no delivery {delivery_id}")
    return _delivery(row)


def _earlier(conn: Warehouse, delivery_id: int) -> int | None:
    row = _one(conn, "lake/select_earlier_delivery.sql", {"delivery_id": delivery_id})
    found: int | None = row["delivery_id"]
    return found


def _one(conn: Warehouse, template: str, values: dict[str, Any]) -> dict[str, Any]:
    row = conn.execute(render(template), values).fetchone()
    if row is None:
        raise TerminalError(f"{template} found no row; the ledger is not as this release expects it")
    return row


def _delivery(row: dict[str, Any]) -> Delivery:
    return Delivery(**{field.name: row[field.name] for field in fields(Delivery)})
