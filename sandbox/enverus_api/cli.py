"""The command line of the server."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from sandbox.enverus_api.app import BASE_PATH, create_app
from sandbox.enverus_api.catalog import Catalog
from sandbox.enverus_api.loaders import check_data, dataset_loaders
from sandbox.enverus_api.mapping.vintages import FIRST, VINTAGES
from sandbox.enverus_api.schema import load_schemas
from sandbox.enverus_api.tokens import TokenIssuer
from sandbox.errors import SandboxError

SECRET_KEY_VARIABLE = "ENVERUS_SANDBOX_SECRET_KEY"  # noqa: S105 - a variable's name
TOKEN_TTL_SECONDS = 8 * 60 * 60
GRACE_SECONDS = 2
_BACKLOG = 128


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except SandboxError as error:
        sys.stderr.write(f"enverus_api: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.enverus_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8085, help="0 takes any free port")
    parser.add_argument("--vintage", choices=VINTAGES, default=FIRST, help="where a new state folder starts")
    parser.add_argument("--state-dir", type=Path, required=True, help="keeps the vintage over restarts")
    parser.add_argument("--token-ttl", type=float, default=TOKEN_TTL_SECONDS, help="seconds a token lives")
    parser.add_argument("--access-log", action="store_true", help="log method, path and status of each request")
    return parser


def _serve(options: argparse.Namespace) -> int:
    secret_key = os.environ.get(SECRET_KEY_VARIABLE)
    if not secret_key:
        raise SandboxError(f"{SECRET_KEY_VARIABLE} is not set")
    check_data()
    catalog = Catalog(load_schemas(), dataset_loaders(), options.state_dir, options.vintage)
    app = create_app(catalog, TokenIssuer(secret_key, options.token_ttl))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("enverus_api.access").setLevel(logging.INFO if options.access_log else logging.WARNING)
    listener = _listen(options.host, options.port)
    host, port = listener.getsockname()[:2]
    _exit_zero_on_signals()
    sys.stdout.write(f"enverus_api: listening on http://{host}:{port}{BASE_PATH} (vintage {catalog.vintage})\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,  # the application tells the time
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket: connections wait in its queue, so the port may be told before uvicorn runs."""
    try:
        return socket.create_server((host, port), backlog=_BACKLOG)
    except OSError as error:
        reason = "the port is taken" if error.errno == errno.EADDRINUSE else error
        raise SandboxError(f"cannot listen on {host}:{port}: {reason}") from error


def _exit_zero_on_signals() -> None:
    """Uvicorn shuts down in order, then raises the signal again for whoever handled it before."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
