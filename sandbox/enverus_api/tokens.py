"""Bearer tokens: issued for the secret key, kept in memory, valid for a while."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from time import monotonic

TOKEN_BYTES = 32


class TokenIssuer:
    """`clock` tells seconds; tests move it."""

    def __init__(self, secret_key: str, ttl_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._secret_key = secret_key.encode()
        self._ttl = ttl_seconds
        self._clock = clock
        self._expiry: dict[str, float] = {}

    def issue(self, secret_key: str) -> str | None:
        """A new token, or None for another key than ours."""
        if not hmac.compare_digest(secret_key.encode(), self._secret_key):
            return None
        now = self._clock()
        self._expiry = {token: expiry for token, expiry in self._expiry.items() if expiry > now}
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._expiry[token] = now + self._ttl
        return token

    def is_valid(self, authorization: str) -> bool:
        """Whether an `Authorization` header carries a token of ours that has not expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._expiry.get(token.strip(), 0.0) > self._clock()

    def revoke_all(self) -> None:
        self._expiry.clear()
