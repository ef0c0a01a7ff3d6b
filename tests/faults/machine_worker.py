"""A worker process that is killed (SIGKILL) at some moment, wherever it is then.

It is forked, so it starts at once with everything imported; connections, sessions and clients are its own.
"""

import os
import signal
import time
from collections.abc import Callable

from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.hooks.warehouse import Warehouse, connect
from enverus_elt.sources.http import EnverusSession

APPLICATION = "killed worker"
PATIENCE = 30.0
MOMENT = 0.002

Work = Callable[[Warehouse, ObjectStore, EnverusSession], None]


def run_and_kill(work: Work, seconds: float) -> bool:
    """Let a process do the work and kill it that long after it has begun; True where it had ended by itself."""
    begun, begins = os.pipe()
    pid = os.fork()
    if pid == 0:
        _work(work, begins)
    os.close(begins)
    os.read(begun, 1)  # returns nothing where the process has ended before
    os.close(begun)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return True
        time.sleep(MOMENT)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def wait_until_gone(conn: Warehouse) -> None:
    """Return once the server has noticed that the worker is gone, and has ended what it was doing for it."""
    deadline = time.monotonic() + PATIENCE
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
    while (row := conn.execute(query, (APPLICATION,)).fetchone()) and row["count"]:
        if time.monotonic() > deadline:
            raise TimeoutError("the backend of a killed worker is still there")
        time.sleep(MOMENT)


def _work(work: Work, begins: int) -> None:
    """Never returns: nothing of the parent's may be closed, flushed or waited for by the child."""
    status = 1
    try:
        with connect(application=APPLICATION) as conn, enverus_session(conn) as session:
            store = object_store()
            os.write(begins, b".")
            work(conn, store, session)
            status = 0
    finally:
        os._exit(status)
