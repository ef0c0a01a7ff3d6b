"""Airflow connections by id, with a missing or half-filled one named instead of a traceback."""

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from enverus_elt.errors import SettingError

WAREHOUSE = "warehouse"
WAREHOUSE_OWNER = "warehouse_owner"
WAREHOUSE_READER = "warehouse_reader"
OBJECT_STORE = "object_store"
LANDING_ZONE = "landing_zone"
DATA_LAKE = "data_lake"
ENVERUS = "enverus"


def connection(conn_id: str, *required: str) -> Connection:
    """The connection, with each of the ``required`` attributes set."""
    try:
        found: Connection = Connection.get(conn_id)
    except AirflowNotFoundException as error:
        raise SettingError(
            f"the Airflow connection {conn_id!r} is missing: add it, or set AIRFLOW_CONN_{conn_id.upper()}"
        ) from error
    if missing := [name for name in required if not getattr(found, name)]:
        raise SettingError(f"the Airflow connection {conn_id!r} has no {', '.join(missing)}")
    return found
