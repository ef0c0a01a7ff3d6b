"""The watcher of the landing zone: an event for the manifests that lie in it.

It remembers nothing between its lives. Whatever still lies in ``manifests/`` when the triggerer starts is told again,
for a memory of its own could only be wrong: an event that was stored and then lost, because its DAG was paused or the
machine stopped, must come again. The ledger knows a manifest by its key, tag and time, so told twice does no harm.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Hashable
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from enverus_elt.hooks.connections import LANDING_ZONE

if TYPE_CHECKING:
    from enverus_elt.hooks.object_store import ObjectStore

log = logging.getLogger(__name__)

SECONDS = 5.0
LONGEST_PAUSE = 300.0  # between two tries at a store that does not answer
MOST_MANIFESTS = 10_000  # at a time; the others are seen when these have gone
MOST_NAMES = 20  # in an event: what it is about is in the ledger
CONNECT, ANSWER = 5, 20  # seconds; a thread that hangs must not hold up the end of the triggerer


class Waiting(NamedTuple):
    """A manifest that lies in the landing zone."""

    key: str
    etag: str
    modified_at: datetime

    @property
    def batch_id(self) -> str:
        """What it is called."""
        return PurePosixPath(self.key).stem


Listing = frozenset[Waiting]


class LandingZoneTrigger(BaseEventTrigger):
    """Fires when a manifest was uploaded; all watchers of one landing zone share one listing of it.

    A store that does not answer is said once, and asked again with growing pauses for as long as it takes.

    :param conn_id: the Airflow connection of the landing zone
    :param batches: shell pattern of the batch ids to tell of
    :param seconds: pause between two listings
    """

    def __init__(self, conn_id: str = LANDING_ZONE, batches: str = "*", seconds: float = SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.conn_id = conn_id
        self.batches = batches
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and what it is made again with."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"conn_id": self.conn_id, "batches": self.batches, "seconds": self.seconds}

    def shared_stream_key(self) -> Hashable:
        """Whoever watches the same landing zone at the same pace shares its listings."""
        return (type(self).__qualname__, self.conn_id, self.seconds)

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[Listing]:
        """All that waits, at every listing: who joins later has missed nothing."""
        watch = _Watch(kwargs["conn_id"], kwargs["seconds"])
        while True:
            found = await watch.look()
            if found is not None:
                yield found
            await asyncio.sleep(watch.pause)

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Listing]) -> AsyncIterator[TriggerEvent]:
        """An event for each listing in which a manifest is new or was replaced."""
        known: Listing = frozenset()
        async for found in shared_stream:
            waiting = frozenset(item for item in found if fnmatchcase(item.batch_id, self.batches))
            if new := sorted(waiting - known):
                payload = {"manifests": [_facts(item) for item in new[:MOST_NAMES]], "count": len(new)}
                yield TriggerEvent(payload)  # type: ignore[no-untyped-call]
            known = waiting

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """The same with a listing of its own, for a triggerer that shares none."""
        async for event in self.filter_shared_stream(self.open_shared_stream(self.serialize()[1])):
            yield event


class _Watch:
    """Listings of one landing zone, and how long to wait for the next."""

    def __init__(self, conn_id: str, seconds: float) -> None:
        self._conn_id = conn_id
        self._seconds = seconds
        self._store: ObjectStore | None = None
        self._failures = 0

    @property
    def pause(self) -> float:
        """Grows with each failure; not the same for all, so that they do not all come back at once."""
        if not self._failures:
            return self._seconds
        longest = min(LONGEST_PAUSE, self._seconds * 2 ** min(self._failures, 16))
        return random.uniform(longest / 2, longest)  # noqa: S311 - no secret

    async def look(self) -> Listing | None:
        """What waits, or None where the store did not answer."""
        try:
            # boto3 knows no event loop, and aiobotocore would be a second client library to keep.
            found = await asyncio.to_thread(self._list)
        except Exception as error:  # noqa: BLE001 - whatever it is, a watcher that dies notices nothing any more
            self._note(error)
            return None
        if self._failures:
            log.info("the landing zone answers again (connection %r)", self._conn_id)
        self._failures = 0
        return found

    def _note(self, error: Exception) -> None:
        if not self._failures:
            log.warning("the landing zone does not answer; it is asked again until it does: %s", error)
        self._failures += 1
        self._store = None  # its keys or its address may have been changed since

    def _list(self) -> Listing:
        from enverus_elt.hooks.failures import translated  # noqa: PLC0415 - not at parse time
        from enverus_elt.lake.landing import manifests  # noqa: PLC0415

        with translated(f"connection {self._conn_id!r}"):
            self._store = self._store or self._open()
            found = islice(manifests(self._store), MOST_MANIFESTS)
            return frozenset(Waiting(item.key, item.etag, item.modified_at) for item in found)

    def _open(self) -> "ObjectStore":
        from botocore.config import Config  # noqa: PLC0415

        from enverus_elt.hooks.object_store import object_store  # noqa: PLC0415

        patience = Config(connect_timeout=CONNECT, read_timeout=ANSWER, retries={"total_max_attempts": 1})
        return object_store(self._conn_id, patience=patience)


def _facts(item: Waiting) -> dict[str, str]:
    return {"key": item.key, "etag": item.etag, "uploaded_at": item.modified_at.isoformat()}
