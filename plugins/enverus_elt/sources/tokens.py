"""Who keeps the API's token between requests: one session alone, or all tasks together."""

from collections.abc import Callable
from typing import Protocol


class TokenKeeper(Protocol):
    """Hands out a token, and has a new one issued when there is none or the one at hand was refused."""

    def token(self, issue: Callable[[], str], refused: str | None) -> str:
        """A token other than ``refused``; ``issue`` asks the API for a new one."""
        ...


class OwnToken:
    """A token that no one else uses."""

    def __init__(self) -> None:
        self._token: str | None = None

    def token(self, issue: Callable[[], str], refused: str | None) -> str:
        """The token of this session."""
        if self._token is None or self._token == refused:
            self._token = issue()
        return self._token
