"""`/sandbox/…`: vintages, faults, single rows and what was asked. Open to whoever can connect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.faults import FaultBook, parse_rules
from sandbox.enverus_api.journal import Journal
from sandbox.enverus_api.schema import Field, is_type
from sandbox.enverus_api.tables import Row, Table

_CHANGES = {"columns", "upsert", "delete"}


class Control:
    """Handlers over the state that tests steer."""

    def __init__(self, catalog: Catalog, faults: FaultBook, journal: Journal) -> None:
        self._catalog = catalog
        self._faults = faults
        self._journal = journal

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

    async def faults(self, request: Request) -> Response:
        """POST adds rules after those in force, DELETE drops all."""
        if request.method == "POST":
            self._faults.rules.extend(parse_rules(await _json(request)))
        else:
            self._faults.rules.clear()
        return JSONResponse({"rules": len(self._faults.rules)})

    async def requests(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._journal.clear()
        return JSONResponse(self._journal.as_json())

    async def rows(self, request: Request) -> Response:
        """Change the present vintage in memory: POST `columns`, `upsert`, `delete`; DELETE undoes all."""
        dataset = request.path_params["dataset"]
        if dataset not in self._catalog.datasets:
            raise ApiError(404, f"unknown dataset {dataset}")
        table = await run_in_threadpool(self._catalog.table, dataset)
        if request.method == "DELETE":
            table.reset()
        else:
            _change(table, await _json(request))
        return JSONResponse({"dataset": dataset, "rows": len(table)})


def _change(table: Table, body: Any) -> None:
    if not isinstance(body, dict) or not body.keys() <= _CHANGES or not _are_lists(body.values()):
        raise ApiError(400, f"changes are an object of lists {sorted(_CHANGES)}")
    table.add_fields([_field(column) for column in body.get("columns", [])])
    for row in body.get("upsert", []):
        _apply(table.upsert, row)
    for row in body.get("delete", []):
        _apply(table.delete, row)


def _are_lists(values: Iterable[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


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
