"""Who publishes a version is killed, sleeps and is replaced, or loses the store, at each point at which it can matter.

What counts is as before or as after; the ledger knows of every object; and when the delivery goes on, or ends, bucket
and ledger are as if nothing had been.
"""

import json
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.discarding import drop_abandoned
from enverus_elt.lake.ledger import find, give_up, take
from enverus_elt.lake.verify import verify
from tests.faults import places
from tests.faults.conftest import Wire
from tests.faults.proxy_points import Action
from tests.services.lake import MORE, WELLS, keys, published, registered, run_delivery
from tests.services.site import Site

FILES = {"wells.parquet": MORE, "zones.parquet": WELLS}
BEFORE = ["catalog.json", "wells/collection.json", "wells/v1/item.json", "wells/v1/wells.parquet"]
AFTER = sorted([*BEFORE, "wells/v2/item.json", "wells/v2/wells.parquet", "wells/v2/zones.parquet"])
FIRST, SECOND = r"PUT \S+/wells/v2/wells\.parquet", r"PUT \S+/wells/v2/zones\.parquet"


class Point(NamedTuple):
    """Where the second version's publisher is caught; ``committed`` where the version counts by then."""

    name: str
    server: str
    action: Action
    pattern: str
    after: str | None = None
    committed: bool = False


POINTS = [
    Point("taken, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, r"UPDATE ops\.deliveries"),
    Point("before the records' COMMIT", "postgres", Action.HOLD, places.COMMIT, places.LAKE_RECORDS),
    Point("records committed, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, places.LAKE_RECORDS),
    Point("before the first object", "objects", Action.HOLD, rf"^{FIRST}"),
    Point("mid-upload", "objects", Action.HALVE, rf"^BODY {FIRST}"),
    Point("uploaded, not told", "objects", Action.HOLD_ANSWER, rf"^BODY {FIRST}"),
    Point("between two objects", "objects", Action.HOLD, rf"^{SECOND}"),
    Point("before the version's COMMIT", "postgres", Action.HOLD, places.COMMIT, places.LAKE_COUNTS),
    Point("committed, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, places.LAKE_COUNTS, committed=True),
    Point("before the items", "objects", Action.HOLD, r"^PUT \S+/wells/v1/item\.json", committed=True),
    Point("before the collection", "objects", Action.HOLD, r"^PUT \S+/wells/collection\.json", committed=True),
    Point("before the root", "objects", Action.HOLD, r"^PUT \S+/catalog\.json", committed=True),
    Point("root written, not told", "objects", Action.HOLD_ANSWER, r"^BODY PUT \S+/catalog\.json", committed=True),
]


class Sleep(NamedTuple):
    """Where a worker stops, and how it ends when it goes on; with ``cut`` the server has given its session up."""

    point: Point
    cut: bool
    ends: str


SLEEPS = [
    Sleep(POINTS[0], cut=False, ends="StaleWorkerError"),
    Sleep(POINTS[1], cut=True, ends="TransientError"),
    Sleep(POINTS[2], cut=False, ends="StaleWorkerError"),
    Sleep(POINTS[7], cut=True, ends="TransientError"),
]


def ready(site: Site, tmp_path: Path) -> int:
    """One version is published; returns the delivery that makes the second."""
    (tmp_path / "files.json").write_text(json.dumps(FILES))
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        return registered(conn, "b-2").delivery_id


def findings(site: Site) -> list[str]:
    with connect() as conn:
        return [str(finding) for finding in verify(conn, site.lake)]


def versions(site: Site) -> list[int]:
    query = "SELECT version FROM ops.lake_versions WHERE state = 'published' ORDER BY version"
    return [row["version"] for row in site.rows(query)]


def killed_at(wire: Wire, point: Point, delivery_id: int, folder: Path) -> None:
    """Start publishing, wait until the point is reached, kill the worker, and lose what it had sent."""
    proxy = getattr(wire, point.server)
    place = proxy.at(point.pattern, point.action, after=point.after)
    worker = wire.start("publish", "wells", batch_id=delivery_id, run_id="killed", folder=str(folder))
    proxy.wait(place)
    worker.kill()
    place.drop()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_killed_publisher(site: Site, wire: Wire, tmp_path: Path, point: Point) -> None:
    delivery_id = ready(site, tmp_path)
    killed_at(wire, point, delivery_id, tmp_path)
    assert versions(site) == ([1, 2] if point.committed else [1])
    left = findings(site)
    assert all(".json: " in line for line in left)  # the catalog, which follows the ledger
    assert point.committed or not left
    with connect() as conn:
        made = run_delivery(conn, site.lake, delivery_id, "again", tmp_path)
    assert (made.version, made.unchanged) == (2, False)
    assert findings(site) == []
    assert versions(site) == [1, 2]
    assert keys(site.lake) == AFTER


@pytest.mark.parametrize("point", [point for point in POINTS if not point.committed], ids=lambda point: point.name)
def test_a_killed_publisher_that_nobody_runs_again(site: Site, wire: Wire, tmp_path: Path, point: Point) -> None:
    delivery_id = ready(site, tmp_path)
    killed_at(wire, point, delivery_id, tmp_path)
    with connect() as conn:
        give_up(conn, delivery_id, "the run ended without an answer", "sweep")
        drop_abandoned(conn, site.lake)
    assert findings(site) == []
    assert versions(site) == [1]
    assert keys(site.lake) == BEFORE
    assert site.value("SELECT count(*) FROM ops.lake_assets") == 1


@pytest.mark.parametrize("sleep", SLEEPS, ids=lambda sleep: sleep.point.name)
def test_a_publisher_that_was_replaced_changes_nothing(site: Site, wire: Wire, tmp_path: Path, sleep: Sleep) -> None:
    delivery_id = ready(site, tmp_path)
    place = wire.postgres.at(sleep.point.pattern, sleep.point.action, after=sleep.point.after)
    worker = wire.start("publish", "wells", batch_id=delivery_id, run_id="sleeps", folder=str(tmp_path))
    wire.postgres.wait(place)
    if sleep.cut:
        place.cut()
    with connect() as conn:
        assert run_delivery(conn, site.lake, delivery_id, "again", tmp_path).version == 2
    assert worker.is_running()
    place.release()
    assert worker.outcome().error == sleep.ends
    assert findings(site) == []
    assert versions(site) == [1, 2]
    assert keys(site.lake) == AFTER


def test_nobody_takes_over_while_an_object_is_written(site: Site, wire: Wire, tmp_path: Path) -> None:
    """What was sent may still arrive: the next attempt waits, for a bounded time, and finds it done."""
    delivery_id = ready(site, tmp_path)
    place = wire.objects.at(rf"^BODY {FIRST}", Action.HALVE)
    worker = wire.start("publish", "wells", batch_id=delivery_id, run_id="slow", folder=str(tmp_path))
    wire.objects.wait(place)
    with connect() as conn:
        conn.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            take(conn, delivery_id, "again")
        place.release()
        assert worker.outcome().result == 2
        assert find(conn, delivery_id).done
    assert findings(site) == []


def test_a_store_that_is_away_for_good(site: Site, wire: Wire, tmp_path: Path) -> None:
    delivery_id = ready(site, tmp_path)
    wire.objects.at(rf"^{SECOND}", Action.REFUSE, times=None)
    worker = wire.start("publish", "wells", batch_id=delivery_id, run_id="away", folder=str(tmp_path))
    assert worker.outcome().error == "TransientError"
    assert versions(site) == [1]
    assert findings(site) == []
    with connect() as conn:
        assert run_delivery(conn, site.lake, delivery_id, "again", tmp_path).version == 2
    assert keys(site.lake) == AFTER
    assert findings(site) == []
