"""Whether the migrations that a warehouse was built by are still the files of the repository.

yoyo knows a migration by its name. A file that is edited after it was applied makes two warehouses of one repository:
it is refused, and a new migration is the way.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from psycopg import Cursor

from enverus_elt.errors import CatalogError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render


def verify(conn: Warehouse, folder: Path, applied: Iterable[str]) -> None:
    """Raise CatalogError with a line for each file that is not what was applied, or is gone.

    ``applied`` are the applied migrations that the folder still has.
    """
    conn.execute(render("ops/create_checksums.sql"))
    recorded = {row["migration"]: row["sha256"] for row in conn.execute(render("ops/select_checksums.sql")).fetchall()}
    edited = [name for name in applied if recorded.get(name) != _sha256(folder, name)]
    gone = sorted(recorded.keys() - set(applied))
    wrong = [f"{name}.sql: it was applied with another text: restore it, and write a new migration" for name in edited]
    wrong += [f"{name}.sql: it was applied and is gone: restore it" for name in gone]
    if wrong:
        raise CatalogError("\n".join(sorted(wrong)))


def record(cursor: Cursor[Any], folder: Path, name: str) -> None:
    """Keep the checksum of a migration, in the transaction that applies it."""
    cursor.execute(render("ops/insert_checksum.sql"), {"migration": name, "sha256": _sha256(folder, name)})


def _sha256(folder: Path, name: str) -> str:
    return hashlib.sha256((folder / f"{name}.sql").read_bytes()).hexdigest()
