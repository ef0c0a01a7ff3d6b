"""The application: routes, and around them the clock, the journal and the faults."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.clock import ClockTeller, SourceClock
from sandbox.enverus_api.control import Control
from sandbox.enverus_api.endpoints import Endpoints
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.faults import FaultBook
from sandbox.enverus_api.injector import FaultInjector
from sandbox.enverus_api.journal import Journal, JournalKeeper
from sandbox.enverus_api.tokens import TokenIssuer

BASE_PATH = "/v3/direct-access/"


def create_app(catalog: Catalog, tokens: TokenIssuer) -> Starlette:
    faults, journal, clock = FaultBook(), Journal(), SourceClock()
    api, control = Endpoints(catalog, tokens), Control(catalog, faults, journal, clock)
    return Starlette(
        routes=[
            Route(BASE_PATH + "tokens", api.tokens, methods=["POST"]),
            Route(BASE_PATH + "{dataset}", api.dataset, methods=["GET", "HEAD"]),
            Route("/sandbox/health", control.health),
            Route("/sandbox/vintage", control.vintage, methods=["GET", "PUT"]),
            Route("/sandbox/clock", control.clock, methods=["GET", "PUT", "DELETE"]),
            Route("/sandbox/faults", control.faults, methods=["GET", "POST", "DELETE"]),
            Route("/sandbox/rows/{dataset}", control.rows, methods=["POST", "DELETE"]),
            Route("/sandbox/requests", control.requests, methods=["GET", "DELETE"]),
        ],
        middleware=[
            Middleware(ClockTeller, clock=clock),
            Middleware(JournalKeeper, journal=journal, base_path=BASE_PATH),
            Middleware(FaultInjector, book=faults, tokens=tokens, base_path=BASE_PATH),
        ],
        exception_handlers={ApiError: _answer_error},
    )


async def _answer_error(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, ApiError) else 500
    return JSONResponse({"message": str(error)}, status)
