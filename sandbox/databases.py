"""The two databases: Airflow's own, and the warehouse as a DBA would hand it over."""

from __future__ import annotations

import psycopg
from psycopg import sql

from sandbox.paths import REPOSITORY
from sandbox.postgres import Cluster

BOOTSTRAP = REPOSITORY / "include" / "sql" / "bootstrap"
WAREHOUSE = "warehouse"
AIRFLOW = "airflow"


def bootstrap(cluster: Cluster, secrets: dict[str, str]) -> None:
    """Create what is missing; on a cluster that has everything, nothing changes.

    The sandbox is the only one that ever acts as superuser here: the pipeline gets roles that are none.
    """
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", AIRFLOW):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(AIRFLOW)))
        _set_password(connection, AIRFLOW, secrets["postgres_airflow"])
        _create_database(connection, AIRFLOW, owner=AIRFLOW)
        _create_database(connection, WAREHOUSE, owner="postgres")
    with psycopg.connect(cluster.conninfo(WAREHOUSE)) as connection:
        connection.execute(bootstrap_script())
        for role in ("owner", "loader", "reader"):
            _set_password(connection, f"enverus_{role}", secrets[f"postgres_{role}"])


def bootstrap_script() -> bytes:
    """What a DBA runs once in a warehouse's database, the optional part included."""
    return b"\n".join(path.read_bytes() for path in sorted(BOOTSTRAP.glob("*.sql")))


def _create_database(connection: psycopg.Connection, name: str, owner: str) -> None:
    if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        return
    create = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
    connection.execute(create)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    alter = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
    connection.execute(alter)
