"""Holds a warehouse against what catalog, migrations and marts declare: a line for everything that is not so.

Each file of ``include/sql/audit`` is one question; it returns its findings as lines, and changes nothing.
"""

from collections.abc import Iterable
from typing import NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.marts import Mart
from enverus_elt.paths import AUDIT
from enverus_elt.schema.declaration import declared
from enverus_elt.sql import render


class Finding(NamedTuple):
    """What is not as declared, and the question that found it: the stem of its file."""

    question: str
    finding: str


def questions() -> list[str]:
    """Everything that is asked, by name."""
    return sorted(path.stem for path in AUDIT.glob("*.sql"))


def audit(conn: Warehouse, datasets: Iterable[Dataset], marts: tuple[Mart, ...]) -> list[Finding]:
    """Every finding, by question; ``conn`` may be any role's that reads ``ops``: the answers are in the catalogs."""
    values = declared(datasets, marts)
    with translated("audit"), conn.transaction():
        return [finding for question in questions() for finding in answer(conn, question, values)]


def answer(conn: Warehouse, question: str, values: dict[str, str]) -> list[Finding]:
    """The findings of one question; ``values`` are what is declared."""
    rows = conn.execute(render(f"audit/{question}.sql"), values).fetchall()
    return [Finding(question, row["finding"]) for row in rows]
