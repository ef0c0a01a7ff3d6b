"""Makes schema ``marts`` what the files say: all at once or not at all, and each view behind those that it reads."""

from typing import Any, NamedTuple

from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.marts import Kind, Mart
from enverus_elt.marts.order import in_order
from enverus_elt.sql import render


class AppliedMarts(NamedTuple):
    """Marts that were made, anew or for the first time, and those that are gone because their file is."""

    created: list[str]
    dropped: list[str]


def apply_marts(conn: Warehouse, marts: tuple[Mart, ...]) -> AppliedMarts:
    """Create what is missing or changed, with all that reads it, and drop what has no file; ``conn`` is the owner's.

    ``marts`` come in the order in which they can be made. A view of somebody else's on a mart keeps it from being
    dropped: that ends in an error which names the mart, and nothing is changed.
    """
    present = _present(conn)
    gone = present.keys() - {mart.name for mart in marts}
    changed = _changed(marts, present, gone)
    doomed = {name: present[name]["inputs"] for name in present if name in gone or name in changed}
    with conn.transaction():
        for name in reversed(in_order(doomed)):
            _drop(conn, name, present[name]["kind"])
        for mart in changed.values():
            _create(conn, mart)
    return AppliedMarts(list(changed), sorted(gone))


def _changed(marts: tuple[Mart, ...], present: dict[str, dict[str, Any]], gone: set[str]) -> dict[str, Mart]:
    """Marts that are not as they should be, and those that read one that is made anew or dropped."""
    changed: dict[str, Mart] = {}
    for mart in marts:
        known = present.get(mart.name)
        if known is None or known["definition_sha256"] != mart.sha256 or (changed.keys() | gone) & set(mart.inputs):
            changed[mart.name] = mart
    return changed


def _drop(conn: Warehouse, name: str, kind: str) -> None:
    with translated(f"marts.{name}"):
        conn.execute(render("refresh/drop_mart.sql", name=name, materialized=kind == Kind.MATERIALIZED))


def _create(conn: Warehouse, mart: Mart) -> None:
    with translated(f"marts/{mart.name}.sql"):
        conn.execute(render("refresh/create_mart.sql", mart=mart))
        if mart.materialized:
            shapes = conn.execute(render("refresh/select_shapes.sql"), {"mart": mart.name}).fetchall()
            conn.execute(render("refresh/index_mart.sql", mart=mart, shapes=[row["attname"] for row in shapes]))
        read = conn.execute(render("refresh/select_meanings.sql"), {"mart": mart.name}).fetchall()
        meanings = {row["column_name"]: row["meaning"] for row in read} | dict(mart.meanings)
        conn.execute(render("refresh/comment_mart.sql", mart=mart, meanings=meanings))
        facts = {"mart": mart.name, "kind": mart.kind, "sha256": mart.sha256, "inputs": list(mart.inputs)}
        conn.execute(render("ops/insert_mart.sql"), facts)


def _present(conn: Warehouse) -> dict[str, dict[str, Any]]:
    rows = conn.execute(render("ops/select_marts.sql")).fetchall()
    return {row["mart"]: row for row in rows}
