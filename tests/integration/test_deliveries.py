"""A delivery from its manifest to a version in the lake, on real servers, and the ways in which it gets nowhere."""

import json
from typing import Any

import pytest

from enverus_elt.errors import StaleWorkerError, TerminalError, TransientError
from enverus_elt.lake import process as module
from enverus_elt.lake.ledger import find, take
from enverus_elt.lake.process import close, process
from tests.services.delivering import HOUSTON, RUN_URL, TABLE, delivered, hand_in, place, points, registered
from tests.services.manifests import a_file, a_manifest
from tests.services.site import Site


def one(site: Site, batch_id: str = "b1", files: dict[str, bytes] | None = None, **changes: Any) -> int:
    """Hand in a delivery; returns its number."""
    hand_in(site.landing, batch_id, files or {"wells.csv": TABLE}, **changes)
    return registered()[-1].delivery_id


def lake_objects(site: Site) -> set[str]:
    """Keys of data; the catalog beside it is written anew from the ledger whenever it is wanted."""
    return {key for key in site.lake.keys("") if not key.endswith(".json")}


def scratch_schemas(site: Site) -> list[dict[str, Any]]:
    return site.rows(r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^proc_\d'")


def assert_failed(site: Site, number: int, batch_id: str, words: str) -> str:
    """It has failed, with a report that says why, and nothing of it is anywhere; returns the report."""
    (row,) = site.rows("SELECT state, error, report_key, settled_at FROM ops.deliveries WHERE delivery_id = %s", number)
    assert (row["state"], row["report_key"]) == ("failed", f"failed/{batch_id}.report.md")
    assert words in row["error"]
    assert row["settled_at"] is not None
    assert site.landing.find(f"manifests/{batch_id}.json") is None
    assert site.landing.find(f"failed/{batch_id}.json") is not None
    assert scratch_schemas(site) == []
    report = site.landing.get(row["report_key"]).decode()
    assert "Traceback" not in report
    for connection in site.env.values():
        if secret := json.loads(connection).get("password"):
            assert secret not in report
            assert secret not in row["error"]
    return report


# It gets there


@pytest.mark.parametrize(
    ("files", "dataset"),
    [({"wells.csv": TABLE}, "sites"), ({"sites.geojson": HOUSTON}, "sites")],
    ids=["table", "vector"],
)
def test_a_delivery_becomes_a_version_and_its_manifest_goes_to_the_archive(
    site: Site, files: dict[str, bytes], dataset: str
) -> None:
    number = one(site, files=files)
    ended = delivered(number)
    assert (ended.state, ended.dataset, ended.version, ended.attempt) == ("published", dataset, 1, 1), ended.error
    assert ended.settled_at is not None
    waiting = [key for key in site.landing.keys("") if not key.startswith("b1/")]
    assert waiting == ["archive/b1.json"]
    keys = {row["key"] for row in site.rows("SELECT key FROM ops.lake_assets")}
    assert keys == lake_objects(site)
    assert scratch_schemas(site) == []
    (parent,) = site.rows("SELECT parent_file FROM ops.lake_lineage")
    assert parent["parent_file"] == f"b1/{next(iter(files))}"


def test_the_same_files_again_make_no_other_version(site: Site) -> None:
    delivered(one(site))
    before = lake_objects(site)
    ended = delivered(one(site), "second")
    assert (ended.state, ended.version) == ("unchanged", 1)
    assert lake_objects(site) == before


def test_other_files_under_the_same_batch_id_make_the_next_version(site: Site) -> None:
    delivered(one(site))
    ended = delivered(one(site, files={"wells.csv": TABLE + b"3,1\n"}), "second")
    assert (ended.state, ended.version) == ("published", 2)


def test_the_steps_may_be_run_again_after_the_end(site: Site) -> None:
    number = one(site)
    ended = delivered(number)
    with place() as where:
        again = process(where, number, "run")
        assert (again.version, again.unchanged) == (1, False)
        assert close(where, number, "run", RUN_URL) == ended


def test_an_intent_without_a_recipe_falls_back_and_says_so(site: Site) -> None:
    number = one(site, intent="ingest_by_magic")
    assert delivered(number).recipe == "ingest_tabular"
    (said,) = site.rows("SELECT detail ->> 'said' AS said FROM ops.activity WHERE action = 'recipe'")
    assert "'ingest_by_magic'" in said["said"]
    assert "ingest_tabular" in said["said"]


def test_a_corrected_delivery_takes_the_report_on_the_wrong_one_away(site: Site) -> None:
    site.landing.put("manifests/b1.json", b"no JSON")
    (wrong,) = registered()
    assert delivered(wrong.delivery_id).state == "failed"
    assert site.landing.find("failed/b1.report.md") is not None
    assert delivered(one(site), "second").state == "published"
    assert list(site.landing.keys("failed/")) == []
    assert site.value("SELECT state FROM ops.deliveries WHERE delivery_id = %s", wrong.delivery_id) == "failed"


# It does not


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"no JSON", "the manifest is not JSON"),
        (b'{"batch_id": "b1", "batch_id": "b1"}', "stands twice"),
        (b" " * 1_000_001, "at most 1,000,000 bytes"),
        (json.dumps(a_manifest("b2", a_file("b2/a.csv"))).encode(), "but the manifest is called b1.json"),
        (json.dumps(a_manifest("b1", a_file("b2/a.csv"))).encode(), "outside of this delivery's folder"),
        (json.dumps(a_manifest("b1", a_file("b1/../b2/a.csv"))).encode(), "not the plain path of a file"),
        (
            json.dumps(a_manifest("b1", a_file("b1/a.csv"))).encode(),
            "files.0.path: b1/a.csv is not in the landing zone",
        ),
    ],
)
def test_a_manifest_that_is_wrong_fails_and_says_what_is(site: Site, body: bytes, words: str) -> None:
    site.landing.put("b2/a.csv", TABLE)
    site.landing.put("manifests/b1.json", body)
    (found,) = registered()
    assert delivered(found.delivery_id).state == "failed"
    report = assert_failed(site, found.delivery_id, "b1", words)
    assert "manifest last" in report
    assert site.landing.get("b2/a.csv") == TABLE
    assert lake_objects(site) == set()


def test_an_upload_that_is_half_there_fails_before_anything_starts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    number = one(site)
    site.landing.put("b1/wells.csv", TABLE[:4])
    monkeypatch.setattr(module, "fetch", None)  # it must not come so far
    assert delivered(number).state == "failed"
    assert_failed(site, number, "b1", "files.0.size: b1/wells.csv has 4 bytes in the landing zone")


def test_a_file_that_cannot_be_read_fails_the_delivery(site: Site) -> None:
    number = one(site, files={"sites.geojson": b'{"type": "FeatureCollection", "features": [{'})
    assert delivered(number).state == "failed"
    assert_failed(site, number, "b1", "sites.geojson")


def test_a_join_of_what_the_lake_does_not_have_fails(site: Site) -> None:
    join = {
        "spatial": {"dataset": "counties"},
        "tabular": {"dataset": "population"},
        "spatial_keys": ["id"],
        "tabular_keys": ["id"],
    }
    metadata = {**a_manifest("x")["metadata"], "join_config": join}
    body = json.dumps(a_manifest("b1", intent="join_datasets", metadata=metadata)).encode()
    site.landing.put("manifests/b1.json", body)
    (found,) = registered()
    assert delivered(found.delivery_id).state == "failed"
    assert_failed(site, found.delivery_id, "b1", "the data lake has no dataset 'counties'")


def test_what_waiting_may_heal_is_left_to_the_next_attempt_and_given_up_at_the_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = one(site)

    def away(*_: Any) -> None:
        raise TransientError("the lake is on holiday")

    with place() as where:
        with monkeypatch.context() as patch:
            patch.setattr(module, "publish", away)
            for _ in range(2):
                with pytest.raises(TransientError):
                    process(where, number, "run")
            assert find(where.conn, number).state == "running"
            assert scratch_schemas(site) == []
        ended = close(where, number, "run", RUN_URL)
    assert ended.error == "given up after 2 attempts: the lake is on holiday"
    report = assert_failed(site, number, "b1", "the lake is on holiday")
    assert "manifest retry b1" in report
    assert RUN_URL in report


def test_the_words_of_what_nobody_expected_stay_out_of_ledger_and_report(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = one(site)

    def broken(*_: Any) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(module, "publish", broken)
    with place() as where:
        with pytest.raises(RuntimeError):
            process(where, number, "run")
        close(where, number, "run", RUN_URL)
    report = assert_failed(site, number, "b1", "an unexpected RuntimeError")
    assert "hunter2" not in report
    assert site.value("SELECT count(*) FROM ops.activity WHERE detail::text LIKE %s", "%hunter2%") == 0


def test_an_attempt_that_was_replaced_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    number = one(site)
    publish = module.publish

    def overtaken(*facts: Any) -> Any:
        with place() as another:
            take(another.conn, number, "another")
        return publish(*facts)

    with place() as where:
        with monkeypatch.context() as patch:
            patch.setattr(module, "publish", overtaken)
            with pytest.raises(StaleWorkerError):
                process(where, number, "run")
        assert find(where.conn, number).state == "running"
        assert lake_objects(site) == set()
        assert not process(where, number, "another").unchanged


def test_a_later_delivery_of_a_dataset_waits_for_the_earlier_one(site: Site) -> None:
    first = one(site)
    second = one(site, "b2", {"wells.csv": TABLE + b"3,1\n"})
    with place() as where:
        with pytest.raises(TransientError, match="came first"):
            process(where, second, "run")
        assert process(where, first, "run").version == 1
        assert process(where, second, "run").version == 2


def test_a_failed_delivery_is_not_processed_again(site: Site) -> None:
    number = one(site)
    site.landing.put("b1/wells.csv", b"")
    delivered(number)
    with place() as where, pytest.raises(TerminalError, match="has failed"):
        process(where, number, "again")


def test_deliveries_of_different_datasets_are_worked_on_side_by_side(site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    about = a_manifest("x")["metadata"]
    for number in range(6):
        body = points((-95.0 - number, 29.0))
        hand_in(site.landing, f"b{number}", {"sites.geojson": body}, metadata={**about, "title": f"Sites {number % 3}"})
    numbers = {one.delivery_id: one.dataset for one in registered()}
    by_dataset: dict[str, list[int]] = {}
    for delivery_id, dataset in numbers.items():
        by_dataset.setdefault(str(dataset), []).append(delivery_id)

    def all_of(own: list[int]) -> list[int | None]:
        return [delivered(delivery_id, f"run-{delivery_id}").version for delivery_id in own]

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(all_of, by_dataset.values())) == [[1, 2]] * 3
    assert {row["key"] for row in site.rows("SELECT key FROM ops.lake_assets")} == lake_objects(site)


def test_a_mistake_is_the_partners_only_where_it_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    number = one(site)

    def broken(*_: Any) -> None:
        raise TerminalError("the recipe is not right")

    monkeypatch.setattr(module, "recipe_for", broken)
    assert delivered(number).state == "failed"
    assert "most likely not in the files" in assert_failed(site, number, "b1", "the recipe is not right")
