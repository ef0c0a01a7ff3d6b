"""Takes away what was written of versions that never came to count: the objects first, then their records."""

import logging

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.ledger import Delivery, hold, note
from enverus_elt.lake.versions import version_name
from enverus_elt.sql import render

log = logging.getLogger(__name__)

JANITOR = "janitor"


def discard(conn: Warehouse, lake: ObjectStore, delivery: Delivery) -> str | None:
    """Take away what this delivery has written so far; returns the name of the version, None where there was none.

    Only who holds the delivery may. May be interrupted and run again.
    """
    with conn.transaction():
        hold(conn, delivery)
        return _erase(conn, lake, delivery.delivery_id, delivery.airflow_run_id or JANITOR)


def drop_abandoned(conn: Warehouse, lake: ObjectStore, dataset: str | None = None) -> list[str]:
    """Take away what deliveries have left that ended without a version: the janitor's part; returns what went."""
    found = conn.execute(render("lake/select_abandoned_versions.sql"), {"dataset": dataset}).fetchall()
    dropped = []
    for row in found:
        with conn.transaction():
            values = {"delivery_id": row["delivery_id"]}
            owner = conn.execute(render("lake/lock_delivery.sql"), values).fetchone()
            # One that failed stays so: whoever still works on it can prove nothing.
            if owner is not None and owner["state"] == "failed":
                dropped.append(_erase(conn, lake, row["delivery_id"], JANITOR))
    return [name for name in dropped if name is not None]


def _erase(conn: Warehouse, lake: ObjectStore, delivery_id: int, actor: str) -> str | None:
    values = {"delivery_id": delivery_id}
    row = conn.execute(render("lake/select_writing_of_delivery.sql"), values).fetchone()
    if row is None:
        return None
    name = version_name(row["dataset"], row["version"])
    for key in list(lake.keys(f"{name}/")):
        lake.delete(key)
    conn.execute(render("lake/delete_version.sql"), values)
    note(conn, delivery_id, actor, "discarded", version=name)
    log.info("delivery %s: discarded what was written of %s", delivery_id, name)
    return name
