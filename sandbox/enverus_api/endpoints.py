"""The API itself: `POST tokens`, and `GET` and `HEAD` of a dataset."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.ddl import create_table, docs
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.faults import Fault
from sandbox.enverus_api.injector import PAGE_FAULT
from sandbox.enverus_api.pages import ROWS_PER_CHUNK, Page
from sandbox.enverus_api.paging import format_cursor, just_above, next_page_url
from sandbox.enverus_api.query import Parameters, Query, parse_query
from sandbox.enverus_api.tables import Table
from sandbox.enverus_api.tokens import TokenIssuer

MAX_URL_LENGTH = 2_048
_LINKS_IN_BODY = "x-omit-header-next-links"
_JSON = "application/json"


class Endpoints:
    """Handlers over the catalog."""

    def __init__(self, catalog: Catalog, tokens: TokenIssuer) -> None:
        self._catalog = catalog
        self._tokens = tokens

    async def tokens(self, request: Request) -> Response:
        """Answers 400 for bad credentials and for a body that is no JSON alike."""
        try:
            body: Any = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            raise ApiError(400, "the body is not JSON") from None
        secret_key = body.get("secretKey") if isinstance(body, dict) else None
        if not isinstance(secret_key, str):
            raise ApiError(400, "secretKey is missing")
        token = self._tokens.issue(secret_key)
        if token is None:
            raise ApiError(400, "invalid credentials")
        return JSONResponse({"token": token})

    async def dataset(self, request: Request) -> Response:
        if not self._tokens.is_valid(request.headers.get("authorization", "")):
            raise ApiError(401, "access token missing, invalid or expired")
        name = request.path_params["dataset"]
        if name not in self._catalog.datasets:
            raise ApiError(404, f"unknown dataset {name}")
        parameters = parse_qsl(request.url.query, keep_blank_values=True)
        _check_length(request, parameters)
        table = await run_in_threadpool(self._catalog.table, name)
        return _about(table, parameters) or _rows(request, table, parameters)


def _check_length(request: Request, parameters: Parameters) -> None:
    """A next link may be longer than the request it follows, and must be served all the same."""
    is_next_page = any(name.lower() == "next_page" for name, _ in parameters)
    if len(str(request.url)) > MAX_URL_LENGTH and not is_next_page:
        raise ApiError(414, f"the URL is longer than {MAX_URL_LENGTH} characters")


def _about(table: Table, parameters: Parameters) -> Response | None:
    """`?ddl=` and `?docs=`; None for a request that asks for rows."""
    asked = {name.lower(): value.lower() for name, value in parameters}
    if "ddl" in asked:
        return PlainTextResponse(create_table(table.schema, asked["ddl"]))
    if asked.get("docs") == "true":
        return Response(orjson.dumps(docs(table.schema)), media_type=_JSON)
    return None


def _rows(request: Request, table: Table, parameters: Parameters) -> Response:
    query = parse_query(table.schema, parameters)
    if request.method == "HEAD":
        return Response(headers={"X-Query-Record-Count": str(query.count(table))}, media_type=_JSON)
    page = _page(table, query, parameters, request.scope.get(PAGE_FAULT))
    if request.headers.get(_LINKS_IN_BODY, "").lower() == "true":
        return _send(page, page.envelope())
    headers = {} if page.next_url is None else {"Link": f'<{page.next_url}>; rel="next"'}
    return _send(page, page.array(), headers)


def _page(table: Table, query: Query, parameters: Parameters, fault: Fault | None) -> Page:
    """Every page but an empty one has a next link: the end shows only on the page after."""
    if fault is Fault.EMPTY_PAGE:
        return Page(table, (), query.fields, None)
    keys, raw = query.page(table, skip=query.pagesize if fault is Fault.SKIP_PAGE else 0), query.raw(table)
    if not keys:
        return Page(table, (), query.fields, None, raw)
    below = just_above(keys[0]) if fault is Fault.REPEAT_PAGE else keys[-1]
    cursor = format_cursor(table.schema.key, below)
    url = next_page_url(table.schema.dataset, parameters, cursor, query.pagesize)
    return Page(table, keys, query.fields, url, raw)


def _send(page: Page, chunks: Iterator[bytes], headers: dict[str, str] | None = None) -> Response:
    """A small page in one piece, with its length; a large one as it is made."""
    if len(page.keys) <= ROWS_PER_CHUNK:
        return Response(b"".join(chunks), headers=headers, media_type=_JSON)
    return StreamingResponse(_cooperative(chunks), headers=headers, media_type=_JSON)


async def _cooperative(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """An async iterator stays on the event loop: Starlette would send each chunk to a thread and back."""
    for chunk in chunks:
        yield chunk
