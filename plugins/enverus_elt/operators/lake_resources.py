"""Opens what a delivery is worked on with; imported when a task runs, never when a DAG is parsed."""

from collections.abc import Iterator
from contextlib import contextmanager

from enverus_elt.hooks.connections import DATA_LAKE, LANDING_ZONE
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect, libpq_uri
from enverus_elt.lake.process import LakePlace


@contextmanager
def lake_place(task: str) -> Iterator[LakePlace]:
    """Warehouse, landing zone and data lake; a driver's error leaves as one of the project's."""
    with translated(task):
        landing, lake = object_store(LANDING_ZONE), object_store(DATA_LAKE)
        with connect(application=task) as conn:
            yield LakePlace(conn, libpq_uri(), landing, lake)
