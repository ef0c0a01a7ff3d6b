"""The clock that the server tells in the `Date` header, which tests may put wrong."""

from __future__ import annotations

import time
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SourceClock:
    """The machine's clock, some seconds off."""

    def __init__(self) -> None:
        self._offset = 0.0

    @property
    def offset_seconds(self) -> float:
        return self._offset

    @offset_seconds.setter
    def offset_seconds(self, seconds: float) -> None:
        """Raises ValueError, OverflowError or OSError for a time that no calendar has."""
        _http_date(time.time() + seconds)
        self._offset = seconds

    def http_date(self) -> str:
        return _http_date(time.time() + self._offset)


class ClockTeller:
    """Middleware: the one `Date` header of every answer; a fault that brings a date of its own keeps it."""

    def __init__(self, app: ASGIApp, clock: SourceClock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Date", self._clock.http_date())
            await send(message)

        await self._app(scope, receive, tell)


def _http_date(moment: float) -> str:
    return formatdate(moment, usegmt=True)
