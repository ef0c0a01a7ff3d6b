"""Files become versions: numbered without gaps, the same content never twice, and all or nothing of each."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from enverus_elt.errors import DeliveryError, EvidenceError, StaleWorkerError, TerminalError, TransientError
from enverus_elt.hooks.connections import DATA_LAKE
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.discarding import discard, drop_abandoned
from enverus_elt.lake.ledger import fail, find, give_up, take
from enverus_elt.lake.publish import Parent, Published
from enverus_elt.lake.reading import Lake
from enverus_elt.lake.verify import verify
from enverus_elt.lake.versions import find_version, require_version
from tests.services.lake import MORE, WELLS, built, keys, publish_assets, publish_files, published, registered, taken
from tests.services.site import Site

TWO = {"wells.parquet": WELLS, "zones.parquet": MORE}


def test_versions_are_numbered_and_each_is_what_was_built(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        assert published(conn, site.lake, tmp_path, "b-1") == Published("wells", 1, unchanged=False)
        assert published(conn, site.lake, tmp_path, "b-2", MORE) == Published("wells", 2, unchanged=False)
        first, newest = require_version(conn, "wells", 1), require_version(conn, "wells")
        assert list(verify(conn, site.lake)) == []
    assert keys(site.lake) == [
        "catalog.json",
        "wells/collection.json",
        "wells/v1/item.json",
        "wells/v1/wells.parquet",
        "wells/v2/item.json",
        "wells/v2/wells.parquet",
    ]
    (asset,) = newest.assets
    assert (newest.version, asset.feature_count, asset.bbox) == (2, 3, (-103.0, 31.0, -101.7, 32.0))
    assert asset.columns[0].source == "ID"
    assert asset.facts["coverage"] is None  # what JSON has no number for
    assert first.published_at < newest.created_at
    body = site.lake.get("wells/v1/wells.parquet")
    assert body == (tmp_path / "b-1" / "wells.parquet").read_bytes()
    states = site.rows("SELECT state, version, recipe FROM ops.deliveries ORDER BY delivery_id")
    assert [tuple(row.values()) for row in states] == [
        ("published", 1, "ingest_vector"),
        ("published", 2, "ingest_vector"),
    ]
    geometry = "SELECT st_geometrytype(footprint) AS type FROM ops.lake_assets WHERE version = 1"
    assert site.value(geometry) == "ST_MultiPolygon"


def test_the_same_content_makes_no_version_and_an_older_one_does(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        before = keys(site.lake)
        assert published(conn, site.lake, tmp_path, "b-2") == Published("wells", 1, unchanged=True)
        assert keys(site.lake) == before
        published(conn, site.lake, tmp_path, "b-3", MORE)
        assert published(conn, site.lake, tmp_path, "b-4", WELLS).version == 3
        assert list(verify(conn, site.lake)) == []
    states = [row["state"] for row in site.rows("SELECT state FROM ops.deliveries ORDER BY delivery_id")]
    assert states == ["published", "unchanged", "published", "published"]


def test_a_delivery_that_is_done_is_only_completed(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        delivery = taken(conn, "b-1")
        publish_files(conn, site.lake, delivery, tmp_path)
        site.lake.delete("wells/collection.json")
        site.lake.delete("catalog.json")
        again = take(conn, delivery.delivery_id, "run again")
        assert again.done
        assert publish_files(conn, site.lake, again, tmp_path, MORE) == Published("wells", 1, unchanged=False)
        assert list(verify(conn, site.lake)) == []


def test_an_attempt_that_was_replaced_publishes_nothing(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        first = taken(conn, "b-1")
        second = take(conn, first.delivery_id, "run again")
        with pytest.raises(StaleWorkerError):
            publish_files(conn, site.lake, first, tmp_path)
        assert keys(site.lake) == []
        with pytest.raises(StaleWorkerError):
            discard(conn, site.lake, first)
        assert publish_files(conn, site.lake, second, tmp_path).version == 1
        assert list(verify(conn, site.lake)) == []


def test_what_a_failed_delivery_has_written_goes(site: Site, tmp_path: Path) -> None:
    """Its upload broke off; the next delivery of the dataset, or the janitor, takes it away and reuses the number."""
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        broken = taken(conn, "b-2")
        (tmp_path / "b-2").mkdir()
        with pytest.raises(EvidenceError, match=r"zones\.parquet changed on disk"):
            publish_files(conn, _Changing(site, tmp_path / "b-2" / "zones.parquet"), broken, tmp_path, TWO)
        assert keys(site.lake, "wells/v2/") == ["wells/v2/wells.parquet", "wells/v2/zones.parquet"]
        assert find_version(conn, "wells", 2) is None
        assert list(verify(conn, site.lake)) == []  # the ledger knows of them, and somebody is at it
        give_up(conn, broken.delivery_id, "the task died", "sweep")
        (finding,) = verify(conn, site.lake)
        assert str(finding) == (
            f"wells/v2: half written, and nobody works on it: delivery {broken.delivery_id} is failed; "
            "the janitor discards it"
        )
        assert drop_abandoned(conn, site.lake) == ["wells/v2"]
        assert drop_abandoned(conn, site.lake) == []
        assert list(verify(conn, site.lake)) == []
        assert keys(site.lake, "wells/v2/") == []
        assert published(conn, site.lake, tmp_path, "b-3", MORE).version == 2


class _Changing:
    """The lake, while somebody writes into a file that is being uploaded."""

    def __init__(self, site: Site, path: Path) -> None:
        self._lake, self._path = site.lake, path

    def upload(self, path: Path, key: str, content_type: str) -> object:
        if path == self._path:
            path.write_bytes(path.read_bytes() + b"more")
        return self._lake.upload(path, key, content_type)

    def __getattr__(self, name: str) -> object:
        return getattr(self._lake, name)


def test_a_failed_attempt_is_discarded_before_the_delivery_fails(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        broken = taken(conn, "b-1")
        (tmp_path / "b-1").mkdir()
        with pytest.raises(EvidenceError):
            publish_files(conn, _Changing(site, tmp_path / "b-1" / "zones.parquet"), broken, tmp_path, TWO)
        assert discard(conn, site.lake, broken) == "wells/v1"
        assert discard(conn, site.lake, broken) is None
        fail(conn, broken, "it changed")
        assert list(verify(conn, site.lake)) == []
    assert keys(site.lake) == []
    assert site.value("SELECT count(*) FROM ops.lake_assets") == 0


def test_the_next_delivery_takes_away_what_a_failed_one_left(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        broken = taken(conn, "b-1")
        (tmp_path / "b-1").mkdir()
        with pytest.raises(EvidenceError):
            publish_files(conn, _Changing(site, tmp_path / "b-1" / "zones.parquet"), broken, tmp_path, TWO)
        give_up(conn, broken.delivery_id, "the task died", "sweep")
        assert published(conn, site.lake, tmp_path, "b-2").version == 1
        assert list(verify(conn, site.lake)) == []
    assert keys(site.lake, "wells/v1/") == ["wells/v1/item.json", "wells/v1/wells.parquet"]


def test_two_deliveries_of_a_dataset_at_once_are_published_one_after_the_other(site: Site, tmp_path: Path) -> None:
    """Even where both are at it, which ``take`` does not let happen: the ledger has one version being written."""
    with connect() as conn:
        first, second = taken(conn, "b-1"), registered(conn, "b-2")
        conn.execute("UPDATE ops.deliveries SET dataset = 'other' WHERE delivery_id = %s", (first.delivery_id,))
        second = take(conn, second.delivery_id, "run of b-2")
        conn.execute("UPDATE ops.deliveries SET dataset = 'wells' WHERE delivery_id = %s", (first.delivery_id,))
        results: list[Published | TransientError] = []
        start = threading.Barrier(2)

        def run(delivery_id: int, rows: object) -> None:
            with connect() as own:
                start.wait()
                try:
                    lake = object_store(DATA_LAKE)
                    results.append(publish_files(own, lake, find(own, delivery_id), tmp_path, rows))  # type: ignore[arg-type]
                except TransientError as error:
                    results.append(error)

        threads = [threading.Thread(target=run, args=arguments) for arguments in
                   ((first.delivery_id, WELLS), (second.delivery_id, MORE))]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = [one for one in results if isinstance(one, Published)]
        waiting = [one for one in results if isinstance(one, TransientError)]
        assert len(results) == 2
        assert [one.version for one in made] == list(range(1, len(made) + 1))
        assert all("is writing wells/v1" in str(error) for error in waiting)
        for delivery, rows in ((first, WELLS), (second, MORE)):
            publish_files(conn, site.lake, find(conn, delivery.delivery_id), tmp_path, rows)
        assert list(verify(conn, site.lake)) == []
    numbers = site.rows("SELECT version, state FROM ops.lake_versions ORDER BY version")
    assert [tuple(row.values()) for row in numbers] == [(1, "published"), (2, "published")]


def test_twenty_datasets_at_once_are_all_in_the_catalog(site: Site, tmp_path: Path) -> None:
    """Their deliveries meet at the root of the catalog alone."""
    with connect() as conn:
        waiting = [registered(conn, f"b-{number}", f"Set {chr(97 + number)}") for number in range(20)]
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            with connect() as own:
                delivery = take(own, waiting[number].delivery_id, f"run {number}")
                publish_files(own, object_store(DATA_LAKE), delivery, tmp_path)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    root = json.loads(site.lake.get("catalog.json"))
    assert len([link for link in root["links"] if link["rel"] == "child"]) == 20
    with connect() as conn:
        assert list(verify(conn, site.lake)) == []


@pytest.mark.parametrize("name", ["item.json", "a/b.parquet", ""])
def test_names_that_no_file_of_a_version_can_have(site: Site, tmp_path: Path, name: str) -> None:
    with connect() as conn:
        asset = replace(built(tmp_path), name=name)
        with pytest.raises(TerminalError, match="not the names of a version's files"):
            publish_assets(conn, site.lake, taken(conn, "b-1"), asset)
    assert keys(site.lake) == []


# Reading


def test_a_version_is_read_back_as_it_was_built(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        published(conn, site.lake, tmp_path, "b-2", TWO)
        lake = Lake(conn, site.lake)
        newest = lake.fetch("wells", None, tmp_path / "read")
        first = lake.fetch("wells", 1, tmp_path / "read")
    assert (newest.version, first.version) == (2, 1)
    assert [path.name for path in newest.files] == ["wells.parquet", "zones.parquet"]
    assert newest.files[0] != first.files[0]
    assert pq.read_table(newest.files[1]).to_pylist() == [{"id": number, "name": name} for number, name in MORE]
    assert [column.name for column in newest.columns["zones.parquet"]] == ["id", "name"]


def test_what_is_not_published_cannot_be_read(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        lake = Lake(conn, site.lake)
        with pytest.raises(DeliveryError, match="no dataset 'wells'"):
            lake.fetch("wells", None, tmp_path)
        published(conn, site.lake, tmp_path, "b-1")
        with pytest.raises(DeliveryError, match=r"has no wells/v2; the newest is wells/v1"):
            lake.fetch("wells", 2, tmp_path)


def test_an_object_that_was_changed_is_not_read(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        site.lake.put("wells/v1/wells.parquet", b"something else")
        with pytest.raises(EvidenceError, match=r"wells/v1/wells\.parquet has the digest"):
            Lake(conn, site.lake).fetch("wells", None, tmp_path / "read")
    assert not list((tmp_path / "read").rglob("*.parquet*"))


def test_lineage_to_other_versions_is_kept(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        parent = Parent(dataset="wells", version=1)
        published(conn, site.lake, tmp_path, "b-2", title="Wells by county", parents=[parent])
    rows = site.rows("SELECT * FROM ops.lake_lineage WHERE dataset = 'wells-by-county' ORDER BY number")
    assert [(row["parent_file"], row["parent_dataset"], row["parent_version"]) for row in rows] == [
        ("b-2/wells.geojson", None, None),
        (None, "wells", 1),
    ]
