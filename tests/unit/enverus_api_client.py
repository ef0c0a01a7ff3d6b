"""A client of the sandbox API's application without a socket, over a few rows of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from sandbox.enverus_api.app import create_app
from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.schema import Field, Key, Schema, WireValue
from sandbox.enverus_api.tables import Table
from sandbox.enverus_api.tokens import TokenIssuer

SECRET = "not-a-real-key"
ROWS = 7
SCHEMAS = {
    "wells": Schema(
        "wells",
        ("WellID", "CompletionID"),
        (
            Field("WellID", "BIGINT"),
            Field("CompletionID", "BIGINT"),
            Field("WellName", "TEXT"),
            Field("UpdatedDate", "TIMESTAMP WITHOUT TIME ZONE"),
        ),
    ),
    "landtrac-leases": Schema("landtrac-leases", ("LeaseID",), (Field("LeaseID", "BIGINT"),)),
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Api:
    """A client of one application, with a token."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                return await client.request(method, path, headers=self.headers, **options)

        return asyncio.run(send())

    def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return self.ask("GET", f"/v3/direct-access/{path}", params=parameters or None)

    def log_in(self) -> None:
        answer = self.ask("POST", "/v3/direct-access/tokens", json={"secretKey": SECRET})
        self.headers["Authorization"] = f"bearer {answer.json()['token']}"

    def walk(self, path: str) -> list[list[int]]:
        """The well ids of all pages."""
        pages = []
        while True:
            answer = self.get(path)
            pages.append([row["WellID"] for row in answer.json()])
            if "next" not in answer.links:
                return pages
            path = answer.links["next"]["url"].lstrip("/")


def load_wells(schema: Schema) -> dict[str, Table]:
    rows: dict[Key, tuple[WireValue, ...]] = {
        (n, 10 * n): (n, 10 * n, f"A{n:03}", f"2024-10-0{n}T12:00:00") for n in range(1, ROWS + 1)
    }
    columns = ("WellID", "CompletionID", "WellName", "UpdatedDate")
    return {"2024": Table(schema, columns, rows), "2025": Table(schema, columns, {})}


def load_leases(schema: Schema) -> dict[str, Table]:
    return {vintage: Table(schema, ("LeaseID",), {(1,): (1,)}) for vintage in ("2024", "2025")}


def make_app(state_dir: Path, clock: Clock) -> Starlette:
    catalog = Catalog(SCHEMAS, {"wells": load_wells, "landtrac-leases": load_leases}, state_dir)
    return create_app(catalog, TokenIssuer(SECRET, 60, clock))
