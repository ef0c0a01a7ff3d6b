"""Brings a warehouse up to date: numbered migrations by yoyo, then the marts whose definition changed."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL
from yoyo import get_backend, read_migrations

from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.marts import Mart
from enverus_elt.paths import MIGRATIONS
from enverus_elt.schema import checksums
from enverus_elt.schema.views import apply_marts
from enverus_elt.sql import render


class Applied(NamedTuple):
    """What was done; empty on a warehouse that is up to date."""

    migrations: list[str]
    marts: list[str]
    dropped: list[str]


def migrate(conn: Warehouse, url: URL, marts: tuple[Mart, ...], folder: Path = MIGRATIONS) -> Applied:
    """Apply what is missing, each migration in a transaction of its own; ``url`` is the owner's connection.

    Raises CatalogError when a migration that was applied has another text by now, or none.
    One at a time: a second caller waits for the first. The lock is the session's, so a caller that is killed
    leaves none behind.
    """
    with translated("migrate"):
        conn.execute(render("ops/lock_schema.sql"))
        conn.execute("CREATE SCHEMA IF NOT EXISTS ops")
        return Applied(_apply_migrations(conn, url, folder), *apply_marts(conn, marts))


def _apply_migrations(conn: Warehouse, url: URL, folder: Path) -> list[str]:
    # yoyo keeps its own tables in the first schema of the path; types of PostGIS come from public.
    dsn = url.set(drivername="postgresql+psycopg", query={"schema": "ops,public"})
    backend = get_backend(dsn.render_as_string(hide_password=False))
    with backend:
        migrations = read_migrations(str(folder))
        pending = backend.to_apply(migrations)
        names = [migration.id for migration in pending]
        checksums.verify(conn, folder, [m.id for m in migrations if m.id not in names])
        backend.ensure_internal_schema_updated()
        for migration in pending:
            # In one transaction with its mark: whoever is killed leaves it undone or done, and nothing between.
            with translated(f"{migration.id}.sql"), backend.transaction():
                migration.process_steps(backend, "apply")
                backend.mark_one(migration)
                checksums.record(backend.cursor(), folder, migration.id)
    return names
