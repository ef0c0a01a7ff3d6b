"""The landing zone on a real S3 server: what counts as handed in, and where it goes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.deliveries.manifest import MOST_MANIFEST_BYTES, Manifest, parse_manifest
from enverus_elt.errors import DeliveryError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.lake import landing as zone
from enverus_elt.lake.attendance import announced, claim, due
from enverus_elt.lake.ledger import find, give_up, register
from tests.services.delivering import TABLE, hand_in, place, registered
from tests.services.manifests import a_file, a_manifest
from tests.services.site import Site


def manifest_of(batch_id: str, name: str = "wells.csv", **facts: Any) -> Manifest:
    return parse_manifest(json.dumps(a_manifest(batch_id, a_file(f"{batch_id}/{name}", **facts))).encode())


# What waits


def test_a_manifest_is_found_with_the_tag_and_the_time_of_its_bytes(site: Site) -> None:
    body = hand_in(site.landing, "b1", {"wells.csv": TABLE})
    (found,) = zone.arrivals(site.landing)
    known = site.landing.find("manifests/b1.json")
    assert known is not None
    assert (found.key, found.body, found.batch_id) == ("manifests/b1.json", body, "b1")
    assert (found.etag, found.modified_at) == (hashlib.md5(body).hexdigest(), known.modified_at)


def test_what_is_no_manifest_is_told_and_left_alone(site: Site) -> None:
    for key in ("manifests/readme.txt", "manifests/sub/b1.json", "b1/manifest.json"):
        site.landing.put(key, b"{}")
    assert list(zone.arrivals(site.landing)) == []
    assert zone.strays(site.landing) == ["manifests/readme.txt", "manifests/sub/b1.json"]


def test_no_more_is_read_of_a_large_object_than_shows_that_it_is_too_large(site: Site) -> None:
    site.landing.put("manifests/large.json", b" " * (3 * MOST_MANIFEST_BYTES))
    (found,) = zone.arrivals(site.landing)
    assert len(found.body) == MOST_MANIFEST_BYTES + 1
    with pytest.raises(DeliveryError, match="at most"):
        parse_manifest(found.body)


def test_registering_again_makes_no_second_delivery_and_uploading_again_does(site: Site) -> None:
    body = hand_in(site.landing, "b1", {"wells.csv": TABLE})
    (first,) = registered()
    assert [one.delivery_id for one in registered()] == [first.delivery_id]
    site.landing.put("manifests/b1.json", body + b" ")
    assert [one.delivery_id for one in registered()] == [first.delivery_id, first.delivery_id + 1]


# Files


def test_files_that_are_complete_are_found(site: Site) -> None:
    site.landing.put("b1/wells.csv", TABLE)
    md5 = hashlib.md5(TABLE).hexdigest()
    (found,) = zone.check_files(site.landing, manifest_of("b1", size=len(TABLE), etag=f'"{md5.upper()}"')).values()
    assert (found.key, found.size, found.etag) == ("b1/wells.csv", len(TABLE), md5)


@pytest.mark.parametrize(
    ("body", "facts", "words"),
    [
        (None, {}, "files.0.path: b1/wells.csv is not in the landing zone"),
        (b"", {}, "files.0.path: b1/wells.csv is empty"),
        (TABLE[:5], {"size": len(TABLE)}, "files.0.size: b1/wells.csv has 5 bytes in the landing zone"),
        (TABLE, {"etag": "0" * 32}, "files.0.etag: b1/wells.csv has the tag"),
    ],
)
def test_a_file_that_is_not_complete_is_named(
    site: Site, body: bytes | None, facts: dict[str, Any], words: str
) -> None:
    if body is not None:
        site.landing.put("b1/wells.csv", body)
    with pytest.raises(DeliveryError) as caught:
        zone.check_files(site.landing, manifest_of("b1", **facts))
    assert str(caught.value).startswith(words)


def test_every_file_that_is_not_complete_has_a_line(site: Site) -> None:
    files = [a_file(f"b1/{number}.csv") for number in range(3)]
    site.landing.put("b1/1.csv", TABLE)
    manifest = parse_manifest(json.dumps(a_manifest("b1", *files)).encode())
    with pytest.raises(DeliveryError) as caught:
        zone.check_files(site.landing, manifest)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["files.0.path", "files.2.path"]


def test_files_are_fetched_with_their_digests(site: Site, tmp_path: Path) -> None:
    site.landing.put("b1/wells.csv", TABLE)
    sha256 = hashlib.sha256(TABLE).hexdigest()
    (found,) = zone.fetch(site.landing, manifest_of("b1", sha256=sha256), tmp_path).values()
    assert (found.path.name, found.path.read_bytes(), found.sha256) == ("wells.csv", TABLE, sha256)


def test_a_file_with_another_digest_is_refused(site: Site, tmp_path: Path) -> None:
    site.landing.put("b1/wells.csv", TABLE)
    with pytest.raises(DeliveryError, match=r"files\.0\.sha256: b1/wells\.csv has the digest"):
        zone.fetch(site.landing, manifest_of("b1", sha256="0" * 64), tmp_path)


def test_a_file_that_is_replaced_while_it_is_read_is_refused(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.landing.put("b1/wells.csv", TABLE)
    download = ObjectStore.download

    def replaced_meanwhile(self: ObjectStore, key: str, path: Path) -> str:
        digest = download(self, key, path)
        self.put(key, TABLE.replace(b"1500", b"1501"))
        return digest

    monkeypatch.setattr(ObjectStore, "download", replaced_meanwhile)
    with pytest.raises(DeliveryError, match="was replaced while it was read"):
        zone.fetch(site.landing, manifest_of("b1"), tmp_path)


def test_files_that_do_not_fit_on_the_disk_are_waited_for(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.landing.put("b1/wells.csv", TABLE)
    monkeypatch.setattr(zone, "SPARE_BYTES", 2**60)
    with pytest.raises(zone.TransientError, match="bytes free"):
        zone.fetch(site.landing, manifest_of("b1"), tmp_path)


# The end


def failed(site: Site, batch_id: str, error: str = "files.0.size: too small") -> int:
    hand_in(site.landing, batch_id, {"wells.csv": TABLE})
    delivery = registered()[-1]
    with place() as where:
        give_up(where.conn, delivery.delivery_id, error, "run")
        zone.settle(where.conn, where.landing, find(where.conn, delivery.delivery_id), "run")
    return delivery.delivery_id


def test_the_manifest_of_a_failed_delivery_goes_to_failed_with_a_report(site: Site) -> None:
    number = failed(site, "b1")
    assert list(site.landing.keys("")) == ["b1/wells.csv", "failed/b1.json", "failed/b1.report.md"]
    report = site.landing.get("failed/b1.report.md").decode()
    assert f"# Delivery {number} failed" in report
    assert "files.0.size: too small" in report
    with place() as where:
        delivery = find(where.conn, number)
    assert delivery.report_key == "failed/b1.report.md"
    assert delivery.settled_at is not None
    assert registered() == []


def test_settling_again_changes_nothing(site: Site) -> None:
    number = failed(site, "b1")
    before = {item.key: item.etag for item in site.landing.objects("")}
    with place() as where:
        zone.settle(where.conn, where.landing, find(where.conn, number), "run")
    assert {item.key: item.etag for item in site.landing.objects("")} == before


def test_a_manifest_that_was_uploaded_meanwhile_stays(site: Site) -> None:
    hand_in(site.landing, "b1", {"wells.csv": TABLE})
    (delivery,) = registered()
    second = hand_in(site.landing, "b1", {"wells.csv": TABLE}, uploader="Another")
    with place() as where:
        give_up(where.conn, delivery.delivery_id, "wrong", "run")
        zone.settle(where.conn, where.landing, find(where.conn, delivery.delivery_id), "run")
    assert site.landing.get("manifests/b1.json") == second
    assert site.landing.get("failed/b1.json") == delivery.manifest
    assert [one.delivery_id for one in registered()] == [delivery.delivery_id + 1]


def test_a_failed_delivery_is_put_back_and_is_another_one(site: Site) -> None:
    number = failed(site, "b1")
    with place() as where:
        assert zone.put_back(where.landing, find(where.conn, number)) == "manifests/b1.json"
        with pytest.raises(DeliveryError, match="in the landing zone already"):
            zone.put_back(where.landing, find(where.conn, number))
    assert list(site.landing.keys("")) == ["b1/wells.csv", "manifests/b1.json"]
    (again,) = registered()
    assert again.delivery_id > number


# Turns


def test_one_delivery_of_a_dataset_is_due_at_a_time(site: Site) -> None:
    for number, title in enumerate(("Sites", "Sites", "Wells")):
        hand_in(
            site.landing, f"b{number}", {"wells.csv": TABLE}, metadata={**a_manifest("x")["metadata"], "title": title}
        )
    site.landing.put("manifests/odd.json", b"no JSON")
    found = {one.batch_id: one for one in registered()}
    with place() as where:
        assert {item.delivery.batch_id for item in due(where.conn, "me")} == {"b0", "b2", "odd"}
        assert [item.delivery.partition for item in due(where.conn, "me", "wells")] == [found["b2"].partition]
        give_up(where.conn, found["b0"].delivery_id, "wrong", "run")
        # The first is still to be settled, and the second's turn has come.
        assert [item.delivery.batch_id for item in due(where.conn, "me", "sites")] == ["b0", "b1"]


def test_an_announcement_counts_for_all_but_who_made_it(site: Site) -> None:
    hand_in(site.landing, "b1", {"wells.csv": TABLE})
    registered()
    with place() as where:
        (item,) = due(where.conn, "me")
        announced(where.conn, [item.delivery], "me")
        assert [known.announced_at for known in due(where.conn, "me")] == [None]
        (other,) = due(where.conn, "another")
    assert other.announced_at is not None
    assert 0 <= (other.now - other.announced_at).total_seconds() < 60


def test_of_two_runs_one_claims_a_delivery(site: Site) -> None:
    hand_in(site.landing, "b1", {"wells.csv": TABLE})
    (delivery,) = registered()
    with place() as where:
        assert claim(where.conn, delivery, "one")
        assert not claim(where.conn, delivery, "two")
        assert claim(where.conn, find(where.conn, delivery.delivery_id), "one")


def test_numbers_follow_the_uploads_however_many_register_at_once(site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    for number in range(50):
        hand_in(site.landing, f"b{number:02d}", {"wells.csv": TABLE})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: [one.batch_id for one in registered()], range(8)))
    assert all(answer == sorted(answer) for answer in answers)
    assert set(map(tuple, answers)) == {tuple(f"b{number:02d}" for number in range(50))}
    assert site.value("SELECT count(*) FROM ops.deliveries") == 50
    with place() as where:
        assert register(where.conn, []) == []
