"""Deliveries for tests: files and manifests as partners hand them in, and one processed as its Airflow run would."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from enverus_elt.errors import EltError
from enverus_elt.hooks.connections import DATA_LAKE, LANDING_ZONE
from enverus_elt.hooks.object_store import ObjectStore, object_store
from enverus_elt.hooks.warehouse import connect, libpq_uri
from enverus_elt.lake.landing import take_in
from enverus_elt.lake.ledger import Delivery, deliveries, find
from enverus_elt.lake.process import LakePlace, check, close, process
from tests.services.manifests import a_file, a_manifest

RUN_URL = "http://ui.test/dags/delivery/runs/run"


def points(*places: tuple[float, float], **properties: Any) -> bytes:
    """A GeoJSON file with a point a place, numbered from 1."""
    features = [
        {
            "type": "Feature",
            "properties": {"Site No": number, **properties},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for number, place in enumerate(places, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


HOUSTON = points((-95.37, 29.76), (-95.4, 29.7))
TABLE = b"well,depth\n1,1500\n2,2750\n"


def hand_in(landing: ObjectStore, batch_id: str, files: Mapping[str, bytes], **changes: Any) -> bytes:
    """Upload files and, last, a manifest with their sizes and digests; returns the manifest."""
    named = []
    for name, body in files.items():
        path = f"{batch_id}/{name}"
        landing.put(path, body)
        named.append(a_file(path, size=len(body), sha256=hashlib.sha256(body).hexdigest()))
    body = json.dumps(a_manifest(batch_id, *named, **changes)).encode()
    landing.put(f"manifests/{batch_id}.json", body)
    return body


@contextmanager
def place() -> Iterator[LakePlace]:
    """What a delivery is worked on with, by the connections of the environment."""
    with connect(application="test") as conn:
        yield LakePlace(conn, libpq_uri(), object_store(LANDING_ZONE), object_store(DATA_LAKE))


def registered() -> list[Delivery]:
    """Take what waits into the ledger; returns what is not settled, in the order of their numbers."""
    with place() as where:
        take_in(where.conn, where.landing)
        return deliveries(where.conn, settled=False)[::-1]


def delivered(delivery_id: int, run_id: str = "run") -> Delivery:
    """Do what the tasks of one run do; returns how it ended."""
    with place() as where:
        try:
            check(where, delivery_id, run_id)
            process(where, delivery_id, run_id)
        except EltError:
            assert find(where.conn, delivery_id).state == "failed"
        return close(where, delivery_id, run_id, RUN_URL)
