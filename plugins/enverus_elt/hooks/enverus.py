"""A session with the Enverus API from the Airflow connection ``enverus``."""

from enverus_elt.errors import SettingError
from enverus_elt.hooks.connections import ENVERUS, connection
from enverus_elt.sources.http import EnverusSession


def enverus_session(conn_id: str = ENVERUS) -> EnverusSession:
    """Host is the base URL (``https://api.enverus.com/v3/direct-access/``), password the secret key."""
    found = connection(conn_id, "host", "password")
    base = str(found.host)
    if not base.startswith(("http://", "https://")):
        raise SettingError(f"connection {conn_id!r}: the host must be the API's base URL, with https://, not {base!r}")
    return EnverusSession(base.rstrip("/") + "/", str(found.password))
