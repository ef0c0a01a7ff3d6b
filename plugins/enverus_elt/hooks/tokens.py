"""The API's token, shared by all tasks on all machines through the warehouse.

Token requests are rate-limited, so a token is used until the API refuses it; then one task asks for a new one while
the others wait for it. It is stored encrypted with the secret key that it was issued for: who can read the table but
not the connection cannot use it.
"""

import base64
import hashlib
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken

from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render


class SharedToken:
    """The token of one account; ``conn`` is the warehouse's, outside of any transaction."""

    def __init__(self, conn: Warehouse, base_url: str, secret_key: str) -> None:
        self._conn = conn
        self._values = {"account": _digest("account", base_url, secret_key).hex()[:32]}
        self._cipher = Fernet(base64.urlsafe_b64encode(_digest("cipher", base_url, secret_key)))

    def token(self, issue: Callable[[], str], refused: str | None) -> str:
        """The shared token, unless it is the one that the API has refused: then a new one, for all."""
        if (found := self._stored()) not in (None, refused):
            return str(found)
        with self._conn.transaction():
            self._conn.execute(render("ops/lock_token.sql"), self._values)
            if (found := self._stored()) not in (None, refused):
                return str(found)  # another task has asked for it while this one waited
            issued = issue()
            facts = {**self._values, "token": self._cipher.encrypt(issued.encode())}
            self._conn.execute(render("ops/store_token.sql"), facts)
        return issued

    def _stored(self) -> str | None:
        row = self._conn.execute(render("ops/select_token.sql"), self._values).fetchone()
        try:
            return self._cipher.decrypt(bytes(row["token"])).decode() if row else None
        except InvalidToken:
            return None


def _digest(purpose: str, base_url: str, secret_key: str) -> bytes:
    return hashlib.sha256("\0".join(("enverus_elt", purpose, base_url, secret_key)).encode()).digest()
