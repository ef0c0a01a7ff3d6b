"""A session with the Enverus API from the Airflow connection ``enverus``."""

from enverus_elt.errors import SettingError
from enverus_elt.hooks.connections import ENVERUS, connection
from enverus_elt.hooks.tokens import SharedToken
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sources.http import EnverusSession


def enverus_session(conn: Warehouse | None = None, conn_id: str = ENVERUS) -> EnverusSession:
    """Host is the base URL (``https://api.enverus.com/v3/direct-access/``), password the secret key.

    With ``conn`` the token is shared with all other sessions through the warehouse.
    """
    found = connection(conn_id, "host", "password")
    base, key = str(found.host), str(found.password)
    if not base.startswith(("http://", "https://")):
        raise SettingError(f"connection {conn_id!r}: the host must be the API's base URL, with https://, not {base!r}")
    base = base.rstrip("/") + "/"
    return EnverusSession(base, key, tokens=SharedToken(conn, base, key) if conn else None)
