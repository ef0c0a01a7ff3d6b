"""Step 5, refresh: marts whose inputs changed since their last refresh, concurrently, as their owner."""

import json
import logging
import time
from collections.abc import Iterable
from typing import NamedTuple

from enverus_elt.catalog import table_name
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
    """Refresh each mart once, and only if the run log shows that one of its inputs changed.

    Readers see the old rows until the new ones are complete. What decides is the run log, not the event that
    started the run: asset events coalesce.
    """
    wanted = {mart.name: mart for mart in marts}
    known = conn.execute(render("refresh/select_inputs.sql"), {"marts": list(wanted)}).fetchall()
    if missing := wanted.keys() - {row["mart"] for row in known}:
        raise TerminalError(
            f"marts that the warehouse does not have: {', '.join(sorted(missing))}: run 'enverus migrate'"
        )
    return [_refresh(conn, wanted[row["mart"]], row["input_changes"], row["seen_changes"]) for row in known]


def _refresh(conn: Warehouse, known: Mart, inputs: dict[str, int], seen: dict[str, int] | None) -> Refreshed:
    mart = known.name
    if inputs == seen:
        row = conn.execute(render("refresh/count_mart.sql", mart=mart)).fetchone() or {"count": 0}
        log.info("marts.%s: no input changed, %s rows stay", mart, row["count"])
        return Refreshed(mart, row["count"], refreshed=False)
    started = time.monotonic()
    # Right after a first load the planner takes wide tables for empty, and joins them row by row.
    conn.execute(render("refresh/analyze_inputs.sql"), {"tables": [table_name(name) for name in known.inputs]})
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
