"""The middleware that makes requests to the API fail as the fault rules say."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.enverus_api.faults import Fault, FaultBook, FaultRule
from sandbox.enverus_api.tokens import TokenIssuer

PAGE_FAULT = "sandbox.page_fault"
TRICKLE_BYTES = 4
_MAINTENANCE = "<!doctype html><title>Scheduled maintenance</title><p>We will be back soon.</p>"


class FaultInjector:
    """Faults of a page's content are left to the endpoint, under `PAGE_FAULT` in the scope."""

    def __init__(self, app: ASGIApp, book: FaultBook, tokens: TokenIssuer, base_path: str) -> None:
        self._app = app
        self._book = book
        self._tokens = tokens
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = self._rule_for(scope)
        if rule is None:
            await self._app(scope, receive, send)
        elif rule.fault is Fault.STATUS:
            answer = JSONResponse({"message": "injected fault"}, rule.status, rule.headers)
            await answer(scope, receive, send)
        elif rule.fault is Fault.HTML:
            await HTMLResponse(_MAINTENANCE)(scope, receive, send)
        elif rule.fault is Fault.RESET:
            await _reset(receive)
        elif rule.fault is Fault.TRUNCATE:
            await self._truncate(scope, receive, send)
        elif rule.fault is Fault.TRICKLE:
            await self._trickle(rule.seconds, scope, receive, send)
        else:
            await self._pass_on(rule, scope, receive, send)

    def _rule_for(self, scope: Scope) -> FaultRule | None:
        if scope["type"] != "http" or not scope["path"].startswith(self._base_path):
            return None
        return self._book.take(scope["method"], scope["path"].removeprefix(self._base_path))

    async def _pass_on(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        if rule.fault is Fault.SLOW:
            await asyncio.sleep(rule.seconds)
        elif rule.fault is Fault.EXPIRE_TOKENS:
            self._tokens.revoke_all()
        else:
            scope[PAGE_FAULT] = rule.fault
        await self._app(scope, receive, send)

    async def _truncate(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and half of the first piece of the body, then hang up."""
        is_cut = False

        async def send_half(message: Message) -> None:
            nonlocal is_cut
            if is_cut:
                return
            body = message.get("body", b"")
            if not body:
                await send(message)
                return
            is_cut = True
            await send({**message, "body": body[: len(body) // 2], "more_body": True})
            _transport(receive).close()

        await self._app(scope, receive, send_half)
        await _gone(receive)

    async def _trickle(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head at once and the body in drops, for as long as somebody listens."""

        async def send_drops(message: Message) -> None:
            body = message.get("body", b"")
            starts = range(0, len(body), TRICKLE_BYTES)
            for start in starts[:-1]:
                await send({**message, "body": body[start : start + TRICKLE_BYTES], "more_body": True})
                if await _is_gone_within(seconds, receive):
                    return
            await send({**message, "body": body[starts[-1] :]} if body else message)

        await self._app(scope, receive, send_drops)


async def _reset(receive: Receive) -> None:
    """Close with an RST: lingering for zero seconds throws away what is unsent."""
    transport = _transport(receive)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(receive)


def _transport(receive: Receive) -> Any:
    """The connection under a request: ASGI has no way to drop it, but uvicorn's `receive` knows it."""
    return receive.__self__.transport  # type: ignore[attr-defined]


async def _is_gone_within(seconds: float, receive: Receive) -> bool:
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return False
    return True


async def _gone(receive: Receive) -> None:
    """Wait until uvicorn has noticed, so that it does not answer in our stead."""
    while (await receive())["type"] != "http.disconnect":
        pass
