"""The watcher on a real S3 server, driven by the part of the triggerer that shares streams."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from airflow.triggers.base import TriggerEvent
from airflow.triggers.shared_stream import SharedStreamManager

from enverus_elt.operators import landing
from enverus_elt.operators.landing import LandingZoneTrigger
from tests.services.site import Site

HANGS = 8  # seconds until a listing gives up
PACE = 0.05
PATIENCE = 20.0
CLOSED = 9  # the discard port: nothing listens there


class Triggerer:
    """Runs triggers as Airflow's does: one stream a key, a task a trigger."""

    def __init__(self) -> None:
        self._streams = SharedStreamManager()
        self._tasks: list[asyncio.Task[None]] = []
        self.events: list[list[TriggerEvent]] = []

    def start(self, trigger: LandingZoneTrigger) -> list[TriggerEvent]:
        """Start a trigger; returns the list that its events go to."""
        events: list[TriggerEvent] = []
        number = len(self._tasks)
        stream = self._streams.subscribe(trigger_id=number, trigger=trigger, key=trigger.shared_stream_key())

        async def consume() -> None:
            async for event in trigger.filter_shared_stream(stream):
                events.append(event)  # noqa: PERF401 - the test looks at it meanwhile

        self._tasks.append(asyncio.create_task(consume()))
        return events

    @property
    def streams(self) -> int:
        """How many listings go on."""
        return len(self._streams._groups)

    async def stop(self) -> None:
        for task in self._tasks:
            assert not task.done(), task.exception()
            task.cancel()
        await self._streams.stop_all()


@asynccontextmanager
async def triggerer() -> AsyncIterator[Triggerer]:
    running = Triggerer()
    try:
        yield running
    finally:
        await running.stop()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what it waits for knows of no event
            await asyncio.sleep(0.01)


def keys(events: list[TriggerEvent]) -> list[str]:
    return [item["key"] for event in events for item in event.payload["manifests"]]


def put(site: Site, batch_id: str, body: bytes = b"{}") -> None:
    site.landing.put(f"manifests/{batch_id}.json", body)


async def upload(site: Site, batch_id: str, body: bytes = b"{}") -> None:
    await asyncio.to_thread(put, site, batch_id, body)


def test_an_event_comes_for_each_manifest_once_and_again_when_it_is_replaced(site: Site) -> None:
    async def scene() -> None:
        async with triggerer() as running:
            events = running.start(LandingZoneTrigger(seconds=PACE))
            await upload(site, "b1")
            await until(lambda: keys(events) == ["manifests/b1.json"])
            await upload(site, "b2")
            await until(lambda: keys(events) == ["manifests/b1.json", "manifests/b2.json"])
            await asyncio.sleep(10 * PACE)
            assert len(events) == 2
            await upload(site, "b1", b"{} ")
            await until(lambda: keys(events)[2:] == ["manifests/b1.json"])

    asyncio.run(scene())


def test_what_was_uploaded_while_nobody_watched_is_told_at_the_start_and_at_each_new_one(site: Site) -> None:
    put(site, "b1")
    put(site, "b2")

    async def scene() -> None:
        async with triggerer() as running:
            events = running.start(LandingZoneTrigger(seconds=PACE))
            await until(lambda: keys(events) == ["manifests/b1.json", "manifests/b2.json"])
            assert [event.payload["count"] for event in events] == [2]

    asyncio.run(scene())
    asyncio.run(scene())


def test_watchers_of_one_landing_zone_share_a_listing_and_who_comes_late_misses_nothing(site: Site) -> None:
    put(site, "eia-1")
    put(site, "bsee-1")

    async def scene() -> None:
        async with triggerer() as running:
            eia = running.start(LandingZoneTrigger(batches="eia-*", seconds=PACE))
            await until(lambda: keys(eia) == ["manifests/eia-1.json"])
            everything = running.start(LandingZoneTrigger(seconds=PACE))
            await until(lambda: keys(everything) == ["manifests/bsee-1.json", "manifests/eia-1.json"])
            assert running.streams == 1

    asyncio.run(scene())


def test_an_event_of_many_names_some_and_counts_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "MOST_NAMES", 3)
    for number in range(5):
        put(site, f"b{number}")

    async def scene() -> None:
        async with triggerer() as running:
            events = running.start(LandingZoneTrigger(seconds=PACE))
            await until(lambda: events)
            (event,) = events
            assert (len(event.payload["manifests"]), event.payload["count"]) == (3, 5)
            json.dumps(event.payload)

    asyncio.run(scene())


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def at_port(site: Site, port: int) -> str:
    facts = json.loads(site.env["AIRFLOW_CONN_LANDING_ZONE"])
    facts["extra"]["endpoint_url"] = f"http://127.0.0.1:{port}"
    return json.dumps(facts)


def test_a_store_that_is_away_is_said_once_and_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(site, "b1")
    monkeypatch.setattr(landing, "LONGEST_PAUSE", PACE)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING_ZONE", at_port(site, CLOSED))

    def said(level: int) -> list[str]:
        return [record.getMessage() for record in caplog.records if record.levelno == level]

    async def scene() -> None:
        async with triggerer() as running:
            events = running.start(LandingZoneTrigger(seconds=PACE))
            await until(lambda: said(logging.WARNING))
            await asyncio.sleep(20 * PACE)
            assert len(said(logging.WARNING)) == 1
            assert events == []
            monkeypatch.setenv("AIRFLOW_CONN_LANDING_ZONE", site.env["AIRFLOW_CONN_LANDING_ZONE"])
            await until(lambda: keys(events) == ["manifests/b1.json"])

    with caplog.at_level(logging.INFO, logger=landing.__name__):
        asyncio.run(scene())
    assert "the landing zone does not answer" in said(logging.WARNING)[0]
    secret = json.loads(site.env["AIRFLOW_CONN_LANDING_ZONE"])["password"]
    assert secret not in caplog.text
    assert any("answers again" in message for message in said(logging.INFO))


@pytest.mark.parametrize("connection", [None, "{}", '{"conn_type": "aws", "extra": {}}'])
def test_a_connection_that_is_missing_or_wrong_does_not_end_the_watch(
    site: Site, monkeypatch: pytest.MonkeyPatch, connection: str | None
) -> None:
    monkeypatch.setattr(landing, "LONGEST_PAUSE", PACE)
    put(site, "b1")
    if connection is None:
        monkeypatch.delenv("AIRFLOW_CONN_LANDING_ZONE")
    else:
        monkeypatch.setenv("AIRFLOW_CONN_LANDING_ZONE", connection)

    async def scene() -> None:
        async with triggerer() as running:
            events = running.start(LandingZoneTrigger(seconds=PACE))
            await asyncio.sleep(10 * PACE)
            assert events == []
            monkeypatch.setenv("AIRFLOW_CONN_LANDING_ZONE", site.env["AIRFLOW_CONN_LANDING_ZONE"])
            await until(lambda: keys(events) == ["manifests/b1.json"])

    asyncio.run(scene())


def test_a_store_that_hangs_holds_up_nobody_else(
    site: Site, monkeypatch: pytest.MonkeyPatch, silent_server: int
) -> None:
    monkeypatch.setattr(landing, "ANSWER", HANGS)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING_ZONE", at_port(site, silent_server))

    async def longest_gap(seconds: float) -> float:
        loop, longest = asyncio.get_running_loop(), 0.0
        end = loop.time() + seconds
        while (before := loop.time()) < end:
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
        return longest

    async def scene() -> float:
        async with triggerer() as running:
            running.start(LandingZoneTrigger(seconds=PACE))
            return await longest_gap(HANGS + 2)

    # Far less than the listing waits; not nothing, for what its thread imports first is imported by all of the process.
    assert asyncio.run(scene()) < HANGS / 2


def test_alone_it_does_the_same(site: Site) -> None:
    put(site, "b1")

    async def first() -> TriggerEvent:
        stream = LandingZoneTrigger(seconds=PACE).run()
        async with asyncio.timeout(PATIENCE):
            return await anext(stream)

    assert asyncio.run(first()).payload["count"] == 1
