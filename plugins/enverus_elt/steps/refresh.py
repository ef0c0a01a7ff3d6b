"""Step 5, refresh: marts whose inputs changed since their last refresh, concurrently, as their owner."""

import json
import logging
import time
from collections.abc import Iterable
from typing import NamedTuple

from enverus_elt.errors import TerminalError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.marts import Mart
from enverus_elt.sql import render

log = logging.getLogger(__name__)


class Refreshed(NamedTuple):
    """A mart, its rows, and whether it had to be refreshed at all."""

    mart: str
    rows: int
    refreshed: bool


def refresh(conn: Warehouse, marts: Iterable[Mart]) -> list[Refreshed]:
    """Refresh each mart once, and only if one of its inputs changed; ``marts`` come behind those that they read.

    Readers see the old rows until the new ones are complete. What decides is the run log, not the event that
    started the run: asset events coalesce.
    """
    wanted = [mart.name for mart in marts if mart.materialized]
    known = {row["mart"] for row in conn.execute(render("ops/select_marts.sql")).fetchall()}
    if missing := sorted(set(wanted) - known):
        raise TerminalError(f"marts that the warehouse does not have: {', '.join(missing)}: run 'enverus migrate'")
    return [_refresh(conn, name) for name in wanted]


def _refresh(conn: Warehouse, mart: str) -> Refreshed:
    row = conn.execute(render("refresh/select_inputs.sql"), {"mart": mart}).fetchone() or {}
    inputs = row["input_changes"]
    if inputs == row["seen_changes"]:
        row = conn.execute(render("refresh/count_mart.sql", mart=mart)).fetchone() or {"count": 0}
        log.info("marts.%s: no input changed, %s rows stay", mart, row["count"])
        return Refreshed(mart, row["count"], refreshed=False)
    started = time.monotonic()
    # Right after a first load the planner takes wide tables for empty, and joins them row by row.
    conn.execute(render("refresh/analyze_inputs.sql"), {"tables": row["tables"]})
    with conn.transaction():
        conn.execute(render("refresh/lock_mart.sql"), {"mart": mart})
        conn.execute(render("refresh/act_as_owner.sql"))
        conn.execute(render("refresh/refresh_mart.sql", mart=mart))
        row = conn.execute(render("refresh/count_mart.sql", mart=mart)).fetchone() or {"count": 0}
        conn.execute(render("refresh/act_as_self.sql"))
        facts = {"mart": mart, "input_changes": json.dumps(inputs), "row_count": row["count"]}
        conn.execute(render("refresh/record_refresh.sql"), {**facts, "seconds": time.monotonic() - started})
    log.info("marts.%s: refreshed, %s rows", mart, row["count"])
    return Refreshed(mart, row["count"], refreshed=True)
