"""What a thing was made from, and what was made from it: from delivered files to marts, step by step."""

from typing import Any

from enverus_elt.errors import TerminalError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.versions import find_version
from enverus_elt.sql import render

MOST = 200
THING, PARENT = ("name", "kind"), ("parent", "parent_kind")  # the two ends of a step


def lineage(conn: Warehouse, name: str, *, down: bool = False, most: int = MOST) -> list[dict[str, Any]]:
    """The steps back from a thing, or on from it, nearest first: ``kind``, ``name``, ``parent_kind``, ``parent``.

    ``name`` is as ``ops.v_lineage`` has it (``wells/v3``, ``core.wells``, ``marts.wells_layer``, a file's key); a
    dataset of the lake stands for its newest version. Raises TerminalError for what the ledger does not know.
    """
    met, left = (PARENT, THING) if down else (THING, PARENT)
    statement = render("lake/select_lineage.sql", met=met, left=left)
    for known in _names(conn, name):
        rows = conn.execute(statement, {"name": known, "most": most}).fetchall()
        if rows:
            return rows
        row = conn.execute(render("lake/select_step.sql"), {"name": known}).fetchone()
        if row is not None and row["found"]:
            return []
    raise TerminalError(
        f"nothing is known of {name!r}: say dataset/v1, core.table, marts.mart, or the key of a file or an object"
    )


def _names(conn: Warehouse, name: str) -> list[str]:
    newest = find_version(conn, name)
    return [name] if newest is None else [name, str(newest)]
