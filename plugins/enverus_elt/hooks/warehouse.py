"""Connections to the PostGIS warehouse, through the postgres provider's hook."""

from typing import cast
from urllib.parse import quote

import psycopg
from airflow.providers.postgres.hooks.postgres import PostgresHook
from psycopg.rows import DictRow, dict_row
from sqlalchemy.engine import URL

from enverus_elt.hooks.connections import WAREHOUSE, connection
from enverus_elt.hooks.failures import translated

Warehouse = psycopg.Connection[DictRow]

# One session for all: times are UTC, text is UTF-8, and a lock or a statement that hangs ends by itself.
SESSION = (
    "-c timezone=UTC -c datestyle=ISO -c lock_timeout=5min -c statement_timeout=2h "
    "-c idle_in_transaction_session_timeout=1h"
)


def connect(conn_id: str = WAREHOUSE, application: str = "enverus_elt") -> Warehouse:
    """Open a connection whose rows are dictionaries; only a ``with conn.transaction()`` block commits together."""
    connection(conn_id, "host", "login", "password", "schema")
    with translated(f"connection {conn_id!r}"):
        # PostgresHook.get_conn() reads the connection, TLS settings and IAM tokens from Airflow's connection.
        opened = cast(Warehouse, PostgresHook(postgres_conn_id=conn_id, options=SESSION).get_conn())
        opened.row_factory = dict_row
        opened.autocommit = True
        opened.execute("SELECT set_config('application_name', %s, false)", (application,))
    return opened


def sqlalchemy_url(conn_id: str = WAREHOUSE) -> URL:
    """The same connection for libraries that want SQLAlchemy; holds the password, so never log it."""
    connection(conn_id, "host", "login", "password", "schema")
    return PostgresHook(postgres_conn_id=conn_id).sqlalchemy_url.update_query_dict({"options": SESSION})


def libpq_uri(conn_id: str = WAREHOUSE) -> str:
    """The same connection for libraries that talk to libpq themselves; holds the password, so never log it."""
    url = sqlalchemy_url(conn_id)
    # SQLAlchemy writes a blank of the options as `+`, which libpq takes for itself.
    options = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in url.query.items())
    plain = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    return f"{plain}?{options}"
