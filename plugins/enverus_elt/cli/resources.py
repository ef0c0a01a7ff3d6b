"""Opens what a command works on; nothing of it is imported by commands that only read files.

Airflow and its providers take a second to import, Great Expectations several.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enverus_elt.hooks.object_store import ObjectStore
    from enverus_elt.hooks.warehouse import Warehouse
    from enverus_elt.steps.load import Place


@contextmanager
def warehouse(conn_id: str = "warehouse") -> Iterator["Warehouse"]:
    """A connection to the warehouse, whose errors are the project's."""
    from enverus_elt.hooks.failures import translated  # noqa: PLC0415
    from enverus_elt.hooks.warehouse import connect  # noqa: PLC0415

    with translated("the warehouse"), connect(conn_id, application="enverus") as conn:
        yield conn


@contextmanager
def data_lake() -> Iterator[tuple["Warehouse", "ObjectStore"]]:
    """The ledger and the bucket of the data lake."""
    from enverus_elt.hooks.connections import DATA_LAKE  # noqa: PLC0415
    from enverus_elt.hooks.failures import translated  # noqa: PLC0415
    from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415

    with warehouse() as conn, translated("the data lake"):
        yield conn, object_store(DATA_LAKE)


@contextmanager
def place() -> Iterator["Place"]:
    """All that the steps of a load work on."""
    from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415
    from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415
    from enverus_elt.marts import load_marts  # noqa: PLC0415
    from enverus_elt.operators.links import docs_base_url  # noqa: PLC0415
    from enverus_elt.operators.sources import open_source  # noqa: PLC0415
    from enverus_elt.steps.load import Place  # noqa: PLC0415

    with warehouse() as conn:
        yield Place(conn, sqlalchemy_url(), object_store(), docs_base_url(), load_marts(), open_source)


def one(conn: "Warehouse", template: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """The first row of a statement."""
    from enverus_elt.sql import render  # noqa: PLC0415

    return conn.execute(render(template), values).fetchone()


def rows(conn: "Warehouse", template: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """All rows of a statement."""
    from enverus_elt.sql import render  # noqa: PLC0415

    return conn.execute(render(template), values).fetchall()
