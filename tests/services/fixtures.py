"""Real PostGIS, a real S3 server and the real API: started once, and made anew for each test by name."""

import json
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from psycopg import sql

from enverus_elt.catalog import ApiSource, load_catalog
from enverus_elt.hooks.connections import DATA_LAKE, LANDING_ZONE, OBJECT_STORE, WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts
from enverus_elt.schema.migrate import migrate
from enverus_elt.schema.registry import register
from sandbox.databases import bootstrap_script
from sandbox.stack import Stack
from tests.services.site import Site

STORES = {OBJECT_STORE: "", LANDING_ZONE: "-landing", DATA_LAKE: "-lake"}
SERVED = [dataset.id for dataset in load_catalog() if isinstance(dataset.source, ApiSource)]
ROLES = ("WAREHOUSE", "WAREHOUSE_OWNER", "WAREHOUSE_READER")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """PostGIS, object store and API, on ports of their own."""
    state = tmp_path_factory.mktemp("services")
    with Stack(state, ("postgres", "objects", "api"), well_known_ports=False) as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in stack.env.items():
                if name.startswith("AIRFLOW_CONN_"):
                    patch.setenv(name, value)
            with connect(WAREHOUSE_OWNER) as conn:
                migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
                register(conn, load_catalog())
        yield stack


@pytest.fixture
def site(services: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty, migrated warehouse, empty buckets and an API that serves the earlier vintage without faults."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    env = {key: value for key, value in services.env.items() if key.startswith("AIRFLOW_CONN_")}
    for role in ROLES:
        env[f"AIRFLOW_CONN_{role}"] = json.dumps({**json.loads(env[f"AIRFLOW_CONN_{role}"]), "schema": name})
    buckets = {conn_id: f"{name}{end}" for conn_id, end in STORES.items()}
    for conn_id, bucket in buckets.items():
        store = json.loads(env[f"AIRFLOW_CONN_{conn_id.upper()}"])
        store["extra"]["service_config"]["s3"]["bucket_name"] = bucket
        env[f"AIRFLOW_CONN_{conn_id.upper()}"] = json.dumps(store)
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    for bucket in buckets.values():
        S3Hook(aws_conn_id=OBJECT_STORE).create_bucket(bucket)
    create_database(services, name)
    site = Site(env, f"http://127.0.0.1:{services.settings.ports['api']}")
    _reset(site)
    yield site
    _reset(site)
    drop_database(services, name)


def _reset(site: Site) -> None:
    site.serve("2024")
    site.control("DELETE", "faults")
    site.control("DELETE", "clock")
    for dataset in SERVED:
        site.control("DELETE", f"rows/{dataset}")


def create_database(services: Stack, name: str) -> None:
    """A copy of the migrated warehouse; its grants are the bootstrap's, for a copy does not take them along."""
    with psycopg.connect(services.superuser("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE warehouse").format(sql.Identifier(name)))
    with psycopg.connect(services.superuser(name)) as conn:
        conn.execute(bootstrap_script())


def drop_database(services: Stack, name: str) -> None:
    """End whoever is still connected, and drop it."""
    with psycopg.connect(services.superuser("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
