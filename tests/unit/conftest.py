"""Unit tests run offline: a test that opens a network socket fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

from enverus_elt.catalog import Dataset

settings.register_profile("unit", deadline=None, derandomize=True, database=None)
settings.load_profile("unit")

LEASES = {
    "id": "test-leases",
    "title": "Leases",
    "description": "Recorded leases.",
    "owner": "gis-data",
    "source": {"kind": "api", "path": "leases", "page_size": 2},
    "load": {"mode": "incremental", "key": ["lease_id"], "cursor": "updated_date", "deleted": "deleted_date"},
    "schedule": {"cron": "0 8 * * 1", "timezone": "America/Chicago"},
    "sla_hours": 26,
    "geometry": [{"name": "geom_poly", "source": "Geom_Poly", "type": "MultiPolygon"}],
    "indexes": [["county"]],
    "columns": [
        {"name": "lease_id", "source": "LeaseID", "type": "bigint", "nullable": False},
        {"name": "acres", "source": "Acres", "type": "double precision", "minimum": 0, "maximum": 5e6},
        {"name": "county", "source": "County", "type": "varchar(32)", "pattern": "^[A-Z]"},
        {"name": "country", "source": "Country", "type": "varchar(2)", "values": ["US", "CA"]},
        {"name": "federal", "source": "Federal", "type": "boolean"},
        {"name": "remarks", "source": "Remarks", "type": "text"},
        {"name": "updated_date", "source": "UpdatedDate", "type": "timestamptz", "nullable": False},
        {"name": "deleted_date", "source": "DeletedDate", "type": "timestamptz"},
    ],
}


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    """Unix sockets stay: an asyncio loop wakes itself through a pair of them."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def leases() -> Dataset:
    """A small dataset with a column of every kind."""
    return Dataset.model_validate(LEASES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for files under test."""
    return tmp_path
