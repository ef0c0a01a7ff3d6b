"""A delivery whose worker is killed with SIGKILL, at each point at which it can matter.

The lake is as before or as after, whatever the ledger says is there; and when another run takes the delivery up,
everything is as if nothing had been.
"""

import hashlib
import time
from typing import NamedTuple

import pytest

from enverus_elt.lake.discarding import drop_abandoned
from enverus_elt.lake.scratch import drop_stale
from tests.faults import places
from tests.faults.conftest import Wire
from tests.faults.proxy_points import Action
from tests.services.delivering import HOUSTON, delivered, hand_in, place, registered
from tests.services.site import Site


class Kill(NamedTuple):
    """A point at which the worker dies; ``published`` when the version counts already."""

    name: str
    server: str
    action: Action
    pattern: str
    after: str | None = None
    published: bool = False


RESERVE, COUNT = r"INSERT INTO ops\.lake_versions", r"UPDATE ops\.lake_versions"
OBJECT = r"-lake/sites/v1/"
KILLS = [
    Kill("before the files are looked at", "objects", Action.HOLD, r"^HEAD .*/b1/sites"),
    Kill("taken, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, r"attempt = attempt \+ 1"),
    Kill("mid-download", "objects", Action.HALVE_ANSWER, r"^GET .*/b1/sites"),
    Kill("scratch made, not told", "postgres", Action.HOLD_ANSWER, r"ops\.create_scratch"),
    Kill("mid-COPY", "postgres", Action.HALVE, places.COPY_DATA),
    Kill("before the version is reserved", "postgres", Action.HOLD, places.COMMIT, RESERVE),
    Kill("reserved, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, RESERVE),
    Kill("mid-upload", "objects", Action.HALVE, rf"^BODY PUT .*{OBJECT}"),
    Kill("uploaded, not told", "objects", Action.HOLD_ANSWER, rf"^BODY PUT .*{OBJECT}"),
    Kill("before it counts", "postgres", Action.HOLD, places.COMMIT, COUNT),
    Kill("it counts, not told", "postgres", Action.HOLD_ANSWER, places.COMMIT, COUNT, published=True),
    Kill("mid-catalog", "objects", Action.HOLD, r"^PUT .*-lake/.*\.json", published=True),
    Kill("before the archive", "objects", Action.HOLD, r"^PUT .*/archive/", published=True),
    Kill("in both places", "objects", Action.HOLD, r"^DELETE .*/manifests/", published=True),
    Kill("moved, not told", "objects", Action.HOLD_ANSWER, r"^DELETE .*/manifests/", published=True),
    Kill("before it is settled", "postgres", Action.HOLD, places.COMMIT, r"SET settled_at", published=True),
]


@pytest.mark.parametrize("kill", KILLS, ids=[kill.name for kill in KILLS])
def test_a_killed_delivery_is_taken_up_by_the_next_run(site: Site, wire: Wire, kill: Kill) -> None:
    manifest = hand_in(site.landing, "b1", {"sites.geojson": HOUSTON})
    (delivery,) = registered()
    proxy = getattr(wire, kill.server)
    point = proxy.at(kill.pattern, kill.action, after=kill.after)
    worker = wire.start("deliver", "", run_id="killed", batch_id=delivery.delivery_id)
    proxy.wait(point)
    worker.kill()
    point.drop()
    published = site.value("SELECT count(*) FROM ops.lake_versions WHERE state = 'published'")
    assert published == kill.published

    ended = delivered(delivery.delivery_id, "again")
    assert (ended.state, ended.version) == ("published", 1)
    assert ended.settled_at is not None
    assert_lake_is_what_the_ledger_says(site)
    assert site.landing.get("archive/b1.json") == manifest
    assert list(site.landing.keys("manifests/")) == []
    assert_nothing_is_left_behind(site)


def test_a_killed_delivery_that_nobody_takes_up_is_given_up(site: Site, wire: Wire) -> None:
    hand_in(site.landing, "b1", {"sites.geojson": HOUSTON})
    (delivery,) = registered()
    point = wire.objects.at(rf"^BODY PUT .*{OBJECT}", Action.HOLD_ANSWER)
    worker = wire.start("deliver", "", run_id="killed", batch_id=delivery.delivery_id)
    wire.objects.wait(point)
    worker.kill()
    point.drop()
    with place() as where:
        from enverus_elt.lake.process import close  # noqa: PLC0415

        ended = close(where, delivery.delivery_id, "killed", "http://ui.test/run")
    assert ended.state == "failed"
    assert "ended without a word" in str(ended.error)
    assert site.value("SELECT count(*) FROM ops.lake_versions") == 0
    assert [key for key in site.lake.keys("") if "/v1/" in key] == []
    assert "ended without a word" in site.landing.get("failed/b1.report.md").decode()
    assert_nothing_is_left_behind(site)


def assert_lake_is_what_the_ledger_says(site: Site) -> None:
    recorded = {row["key"]: row["sha256"] for row in site.rows("SELECT key, sha256 FROM ops.lake_assets")}
    there = {key: hashlib.sha256(site.lake.get(key)).hexdigest() for key in recorded}
    assert there == recorded
    assert {key for key in site.lake.keys("sites/v") if not key.endswith(".json")} <= recorded.keys()


def assert_nothing_is_left_behind(site: Site) -> None:
    """What a killed worker's session still holds is free once the server has noticed its end."""
    deadline = time.monotonic() + 30
    while True:
        with place() as where:
            drop_stale(where.conn)
            assert drop_abandoned(where.conn, where.lake) == []
        left = site.rows(r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^proc_\d'")
        if not left:
            return
        assert time.monotonic() < deadline, left
        time.sleep(0.5)
