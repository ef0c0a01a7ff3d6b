"""What the tests that break things share: workers to kill, a wire to break, and what an undisturbed load comes to."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest

from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts
from enverus_elt.schema.migrate import migrate
from sandbox.stack import Stack
from tests.faults.compare import State, state_of
from tests.faults.private_postgres import PrivatePostgres
from tests.faults.proxy import HOST, Proxy
from tests.faults.proxy_framing import HttpFraming, PostgresFraming
from tests.faults.scenarios import Scenario, load
from tests.faults.worker import Worker, Workers
from tests.services import fixtures
from tests.services.site import Site

STORES = ("OBJECT_STORE", "LANDING_ZONE", "DATA_LAKE")


@dataclass(frozen=True)
class Wire:
    """A proxy before each server; ``start`` runs a step whose connections all go through them."""

    postgres: Proxy
    objects: Proxy
    api: Proxy
    env: Mapping[str, str]
    workers: Workers

    def start(self, step: str, dataset: str, **facts: Any) -> Worker:
        """Run a step in a process of its own."""
        return self.workers.start(step, dataset, self.env, **facts)


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with Workers(tmp_path_factory.mktemp("workers")) as parent:
        yield parent


@pytest.fixture
def wire(services: Stack, site: Site, workers: Workers) -> Iterator[Wire]:
    with _wired(services.settings.ports, site, workers) as wire:
        yield wire


@pytest.fixture(scope="session")
def private_postgres(services: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivatePostgres]:
    """A server that may be crashed and starved, with a migrated warehouse."""
    secrets = services.settings.secrets
    server = PrivatePostgres(tmp_path_factory.mktemp("private"), secrets)
    with server.running(secrets), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_WAREHOUSE_OWNER", _elsewhere(services.env, "_OWNER", server.port, "warehouse"))
        with connect(WAREHOUSE_OWNER) as conn:
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
        yield server


@pytest.fixture
def private_site(
    request: pytest.FixtureRequest, private_postgres: PrivatePostgres, site: Site, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """The site with its warehouse on the private server; with the parameter ``small``, in the small tablespace."""
    name = json.loads(site.env["AIRFLOW_CONN_WAREHOUSE"])["schema"]
    private_postgres.copy_warehouse(name, getattr(request, "param", "pg_default"))
    env = {**site.env, "AIRFLOW_CONN_WAREHOUSE": _elsewhere(site.env, "", private_postgres.port, name)}
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", env["AIRFLOW_CONN_WAREHOUSE"])
    yield Site(env, site.api)
    private_postgres.drop(name)


@pytest.fixture
def private_wire(
    services: Stack, private_postgres: PrivatePostgres, private_site: Site, workers: Workers
) -> Iterator[Wire]:
    """A wire to the private server."""
    with _wired({**services.settings.ports, "postgres": private_postgres.port}, private_site, workers) as wire:
        yield wire


@pytest.fixture(scope="session")
def undisturbed(services: Stack) -> Callable[[Scenario], State]:
    """Where a scenario ends when nothing disturbs it; each is loaded once, at a site of its own."""
    return cache(partial(_undisturbed, services))


def _undisturbed(services: Stack, scenario: Scenario) -> State:
    with pytest.MonkeyPatch.context() as patch, contextmanager(fixtures.site.__wrapped__)(services, patch) as calm:
        scenario.prepare(calm)
        load(calm, scenario.dataset, "after")
        state = state_of(calm, scenario.dataset)
    assert sum(row["deleted_at"] is None and row.get("is_current") != "false" for row in state.core) == scenario.live
    return state


@contextmanager
def _wired(ports: Mapping[str, int], site: Site, workers: Workers) -> Iterator[Wire]:
    with ExitStack() as stack:
        postgres = stack.enter_context(Proxy(ports["postgres"], PostgresFraming))
        objects = stack.enter_context(Proxy(ports["objects"], HttpFraming))
        api = stack.enter_context(Proxy(ports["api"], HttpFraming))
        yield Wire(postgres, objects, api, _rerouted(site.env, postgres.port, objects.port, api.port), workers)


def _elsewhere(env: Mapping[str, str], role: str, port: int, database: str) -> str:
    """The connection of a role, to another server and database."""
    return json.dumps({**json.loads(env[f"AIRFLOW_CONN_WAREHOUSE{role}"]), "port": port, "schema": database})


def _rerouted(env: Mapping[str, str], postgres: int, objects: int, api: int) -> dict[str, str]:
    """The connections with other ports."""
    facts = {name: json.loads(env[f"AIRFLOW_CONN_{name}"]) for name in ("WAREHOUSE", "ENVERUS", *STORES)}
    facts["WAREHOUSE"]["port"] = postgres
    facts["ENVERUS"]["host"] = f"http://{HOST}:{api}/v3/direct-access/"
    for name in STORES:
        facts[name]["extra"]["endpoint_url"] = f"http://{HOST}:{objects}"
    return {f"AIRFLOW_CONN_{name}": json.dumps(fact) for name, fact in facts.items()}
