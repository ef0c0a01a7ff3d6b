"""What was asked and how it was answered: counts for tests, and a log without queries or headers."""

from __future__ import annotations

import logging
from collections import Counter
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ANSWER = 0
logger = logging.getLogger("enverus_api.access")


class Journal:
    """Counts of requests by method, path and status; status 0 is a connection dropped without an answer."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, int]] = Counter()

    def add(self, method: str, path: str, status: int) -> None:
        self._counts[method, path, status] += 1

    def clear(self) -> None:
        self._counts.clear()

    def as_json(self) -> list[dict[str, str | int]]:
        return [
            {"method": method, "path": path, "status": status, "count": count}
            for (method, path, status), count in sorted(self._counts.items())
        ]


class JournalKeeper:
    """Middleware: enters every request to the API, with the path below its base."""

    def __init__(self, app: ASGIApp, journal: Journal, base_path: str) -> None:
        self._app = app
        self._journal = journal
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._base_path):
            await self._app(scope, receive, send)
            return
        status = NO_ANSWER
        started = perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            path = scope["path"].removeprefix(self._base_path)
            self._journal.add(scope["method"], path, status)
            milliseconds = (perf_counter() - started) * 1000
            logger.info("%s %s %d %.0f ms", scope["method"], path, status, milliseconds)
