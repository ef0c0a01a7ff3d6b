"""`/sandbox/…`: vintages, clock, faults, single rows and what was asked. Open to whoever can connect."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.clock import SourceClock
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.faults import FaultBook, parse_rules
from sandbox.enverus_api.journal import Journal
from sandbox.enverus_api.schema import Field, is_type
from sandbox.enverus_api.tables import Row, Table

_LISTS = ("columns", "upsert", "delete", "raw")
_CHANGES = {"clear", *_LISTS}


class Control:
    """Handlers over the state that tests steer."""

    def __init__(self, catalog: Catalog, faults: FaultBook, journal: Journal, clock: SourceClock) -> None:
        self._catalog = catalog
        self._faults = faults
        self._journal = journal
        self._clock = clock

    async def health(self, _request: Request) -> Response:
        catalog = self._catalog
        return JSONResponse({"status": "ok", "vintage": catalog.vintage, "loaded": list(catalog.loaded)})

    async def vintage(self, request: Request) -> Response:
        if request.method == "PUT":
            body = await _json(request)
            try:
                self._catalog.vintage = body["vintage"]
            except (KeyError, TypeError, ValueError) as error:
                raise ApiError(400, f"bad vintage: {error}") from error
        return JSONResponse({"vintage": self._catalog.vintage})

    async def clock(self, request: Request) -> Response:
        """PUT makes the `Date` of every answer `offset_seconds` wrong, DELETE puts it right."""
        if request.method == "DELETE":
            self._clock.offset_seconds = 0.0
        elif request.method == "PUT":
            body = await _json(request)
            try:
                self._clock.offset_seconds = float(body["offset_seconds"])
            except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
                raise ApiError(400, f"bad offset: {error!r}") from error
        return JSONResponse({"offset_seconds": self._clock.offset_seconds})

    async def faults(self, request: Request) -> Response:
        """POST adds rules after those in force, DELETE drops all; the answer says how often each has struck."""
        rules = self._faults.rules
        if request.method == "POST":
            rules.extend(parse_rules(await _json(request)))
        elif request.method == "DELETE":
            rules.clear()
        return JSONResponse({"rules": len(rules), "struck": [rule.struck for rule in rules]})

    async def requests(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._journal.clear()
        return JSONResponse(self._journal.as_json())

    async def rows(self, request: Request) -> Response:
        """POST changes the present vintage in memory, DELETE undoes all changes of every vintage.

        `clear` comes before everything else: no rows but those of the change and of later ones. `columns` are
        new fields, `upsert` and `delete` rows by key, `raw` the bytes of rows as base64, served as they are.
        """
        dataset = request.path_params["dataset"]
        if dataset not in self._catalog.datasets:
            raise ApiError(404, f"unknown dataset {dataset}")
        if request.method == "DELETE":
            self._catalog.restore(dataset)
            return JSONResponse({"dataset": dataset})
        table = await run_in_threadpool(self._catalog.table, dataset)
        _change(table, await _json(request))
        return JSONResponse({"dataset": dataset, "rows": len(table)})


def _change(table: Table, body: Any) -> None:
    if not isinstance(body, dict) or not body.keys() <= _CHANGES or not _is_typed(body):
        raise ApiError(400, f"changes are an object of the lists {_LISTS} and the boolean clear")
    raw = [_bytes(row) for row in body.get("raw", [])]
    if body.get("clear"):
        table.clear()
    table.add_fields([_field(column) for column in body.get("columns", [])])
    for row in body.get("upsert", []):
        _apply(table.upsert, row)
    for row in body.get("delete", []):
        _apply(table.delete, row)
    table.raw.extend(raw)


def _is_typed(body: dict[str, Any]) -> bool:
    return isinstance(body.get("clear", False), bool) and all(isinstance(body.get(name, []), list) for name in _LISTS)


def _bytes(row: Any) -> bytes:
    try:
        return base64.b64decode(row, validate=True)
    except (TypeError, ValueError) as error:
        raise ApiError(400, f"raw rows are base64: {error}") from error


def _field(column: Any) -> Field:
    try:
        field = Field(**column)
    except TypeError as error:
        raise ApiError(400, f"bad column {column!r}: {error}") from error
    if not is_type(field.type):
        raise ApiError(400, f"unknown type {field.type!r}")
    return field


def _apply(change: Callable[[Row], object], row: Row) -> None:
    try:
        change(row)
    except (KeyError, TypeError, ValueError) as error:
        raise ApiError(400, f"bad row: {error!r}") from error


async def _json(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise ApiError(400, "the body is not JSON") from None
