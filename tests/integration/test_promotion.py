"""A version of the data lake becomes rows of core: through the same steps as any other source, with its origin kept."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.cli import app
from enverus_elt.errors import EvidenceError, SourceError, TransientError
from enverus_elt.hooks.object_store import ObjectStore
from tests.services.promoting import publish_layers
from tests.services.site import Site

DATASET, TITLE, LAKE = "pipelines", "Midstream crude oil pipelines", "midstream-crude-oil-pipelines"
LINES = 10


def line(number: int) -> str:
    return f"MULTILINESTRING (({-90 - number} 28, {-90 - number} 29))"


def published(site: Site, folder: Path, names: Mapping[int, str | None], **more: Any) -> int:
    """A version with a line for each number, by the name of its pipeline."""
    columns: dict[str, Sequence[Any]] = {"opername": ["ACME"] * len(names), "pipename": list(names.values()), **more}
    return publish_layers(site, TITLE, folder, {"lines.parquet": (columns, [line(n) for n in names])}).version


@pytest.fixture
def first(site: Site, tmp_path: Path) -> Site:
    """Ten lines as the first version, loaded."""
    published(site, tmp_path, {number: f"Line {number}" for number in range(LINES)})
    site.loaded(DATASET, "first")
    return site


def core(site: Site, columns: str) -> list[dict[str, Any]]:
    return site.rows(f"SELECT {columns} FROM core.pipelines WHERE deleted_at IS NULL ORDER BY name, pipeline_id")


def enverus(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


# One version


def test_a_version_becomes_rows_with_what_the_catalog_adds_and_where_they_are_from(first: Site) -> None:
    rows = core(first, "name, operator, commodity, diameter_in, status, lake_version, st_astext(geom_line) AS wkt")
    assert rows[0] == {
        "name": "Line 0",
        "operator": "ACME",
        "commodity": "crude_oil",
        "diameter_in": None,
        "status": "unknown",
        "lake_version": 1,
        "wkt": "MULTILINESTRING((-90 28,-90 29))",
    }
    assert len(rows) == LINES
    assert first.value("SELECT count(DISTINCT pipeline_id) FROM core.pipelines WHERE length(pipeline_id) = 32") == LINES
    at = "SELECT published_at FROM ops.lake_versions WHERE dataset = %s"
    assert {row["published_at"] for row in core(first, "published_at")} == {first.value(at, LAKE)}
    assert first.value("SELECT count(*) FROM marts.pipelines_public") == LINES
    assert first.value("SELECT watermark FROM ops.extract_watermarks") == first.value(at, LAKE)


def test_the_batch_and_its_manifest_say_which_version_was_read(first: Site) -> None:
    (batch,) = first.rows("SELECT lake_dataset, lake_version, manifest_key, extracted FROM ops.load_batches")
    assert (batch["lake_dataset"], batch["lake_version"], batch["extracted"]) == (LAKE, 1, LINES)
    manifest = json.loads(first.store.get(batch["manifest_key"]))
    (asset,) = first.rows("SELECT name, key, sha256 FROM ops.lake_assets WHERE dataset = %s AND role = 'data'", LAKE)
    assert manifest["origin"] == {
        "dataset": LAKE,
        "version": 1,
        "asset": asset["name"],
        "key": asset["key"],
        "sha256": asset["sha256"],
    }
    assert (manifest["api_count_before"], manifest["rows"], manifest["api_count_after"]) == (LINES, LINES, LINES)
    (step,) = first.rows("SELECT parent FROM ops.v_lineage WHERE kind = 'batch' AND parent_kind = 'version'")
    assert step["parent"] == f"{LAKE}/v1"


def test_loading_the_same_version_again_changes_nothing(first: Site) -> None:
    before = core(first, "*")
    again = first.loaded(DATASET, "again")
    assert (again.changed, again.unchanged) == (0, LINES)
    assert core(first, "*") == before


# The next version


def test_the_next_version_changes_what_is_other_and_nothing_else(first: Site, tmp_path: Path) -> None:
    before = {row["name"]: row for row in core(first, "name, updated_at, id, objectid")}
    names = {number: f"Line {number}" for number in range(1, LINES)} | {1: "Renamed", 77: "New"}
    assert published(first, tmp_path, names) == 2
    outcome = first.loaded(DATASET, "second")
    assert (outcome.inserted, outcome.updated, outcome.unchanged, outcome.absent) == (1, 1, LINES - 2, 1)
    after = {row["name"]: row for row in core(first, "name, updated_at, id, objectid, lake_version")}
    assert set(after) == {"New", "Renamed", *(f"Line {number}" for number in range(2, LINES))}
    assert {name: row["lake_version"] for name, row in after.items()} == {
        name: 2 if name in ("New", "Renamed") else 1 for name in after
    }
    assert after["Line 5"]["updated_at"] == before["Line 5"]["updated_at"]
    assert (after["Renamed"]["id"], after["Renamed"]["objectid"]) == (
        before["Line 1"]["id"],
        before["Line 1"]["objectid"],
    )
    assert first.value("SELECT count(*) FROM core.pipelines WHERE deleted_at IS NOT NULL AND name = 'Line 0'") == 1


def test_versions_that_were_published_one_after_the_other_are_one_load_of_the_newest(
    site: Site, tmp_path: Path
) -> None:
    for name in ("A", "B", "C"):
        published(site, tmp_path, {number: f"{name} {number}" for number in range(LINES)})
    site.loaded(DATASET, "run")
    assert {row["lake_version"] for row in core(site, "lake_version")} == {3}
    assert core(site, "name")[0] == {"name": "C 0"}


def test_an_older_version_never_overwrites_a_newer_one(first: Site, tmp_path: Path) -> None:
    """Batch 1 again, from its objects, when core has the second version."""
    published(first, tmp_path, {number: f"Second {number}" for number in range(LINES)})
    first.loaded(DATASET, "second")
    result = enverus("replay", DATASET, "1")
    assert result.exit_code == 0, result.output
    assert f"stale {LINES}" in result.stdout
    assert {row["lake_version"] for row in core(first, "lake_version")} == {2}


def test_of_two_loads_side_by_side_the_one_that_found_its_version_later_wins(first: Site, tmp_path: Path) -> None:
    published(first, tmp_path, {number: f"Second {number}" for number in range(LINES)})
    slow = first.validated(DATASET, "slow")
    published(first, tmp_path, {number: f"Third {number}" for number in range(LINES)})
    assert first.merged(DATASET, first.validated(DATASET, "fast")).updated == LINES
    assert first.merged(DATASET, slow).stale == LINES
    assert {row["lake_version"] for row in core(first, "lake_version")} == {3}


def test_a_version_that_loses_much_waits_for_a_person(first: Site, tmp_path: Path) -> None:
    published(first, tmp_path, {number: f"Line {number}" for number in range(LINES - 3)})
    batch_id = first.validated(DATASET, "second")
    with pytest.raises(Exception, match="3 of 10 live rows are gone from the source"):
        first.merged(DATASET, batch_id)
    assert len(core(first, "name")) == LINES


def test_a_version_that_is_published_while_one_is_fetched_is_the_one_that_is_read(
    first: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(first, tmp_path, {number: f"Second {number}" for number in range(LINES)})
    download, waiting = ObjectStore.download, ["Third"]

    def interrupted(self: ObjectStore, key: str, path: Path) -> str:
        if waiting:
            name = waiting.pop()
            published(first, tmp_path, {number: f"{name} {number}" for number in range(LINES)})
        return download(self, key, path)

    monkeypatch.setattr(ObjectStore, "download", interrupted)
    first.loaded(DATASET, "second")
    assert core(first, "name, lake_version")[0] == {"name": "Third 0", "lake_version": 3}


def test_a_dataset_that_is_published_without_end_is_given_up_for_now(
    first: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    download, count = ObjectStore.download, iter(range(100))

    def interrupted(self: ObjectStore, key: str, path: Path) -> str:
        turn = next(count)
        published(first, tmp_path, {number: f"{turn} {number}" for number in range(LINES)})
        return download(self, key, path)

    monkeypatch.setattr(ObjectStore, "download", interrupted)
    with pytest.raises(TransientError, match="is published faster than it can be fetched"):
        first.extracted(DATASET, "second")


# What is not as it should be


def test_rows_without_a_place_or_of_another_kind_are_set_aside_with_their_reason(site: Site, tmp_path: Path) -> None:
    wkt = [*(line(number) for number in range(58)), None, "POINT (-90 28)"]
    columns = {"opername": ["ACME"] * 60, "pipename": [str(number) for number in range(60)]}
    publish_layers(site, TITLE, tmp_path, {"lines.parquet": (columns, wkt)})
    outcome = site.loaded(DATASET, "run")
    assert outcome.inserted == 58
    held = site.rows("SELECT column_name, reason, raw ->> 'name' AS name FROM ops.quarantine ORDER BY row_no")
    assert [(row["column_name"], row["reason"], row["name"]) for row in held] == [
        ("geom_line", "a required value is missing", "58"),
        ("geom_line", "the geometry is no MultiLineString", "59"),
    ]
    (log,) = site.rows("SELECT extracted, staged, quarantined FROM ops.run_log")
    assert log == {"extracted": 60, "staged": 58, "quarantined": 2}


def test_two_features_of_one_shape_are_counted_as_duplicates_and_none_is_lost(site: Site, tmp_path: Path) -> None:
    columns = {"opername": ["A", "B"], "pipename": ["one", "two"]}
    publish_layers(site, TITLE, tmp_path, {"lines.parquet": (columns, [line(0), line(0)])})
    outcome = site.loaded(DATASET, "run")
    assert (outcome.inserted, outcome.duplicate) == (1, 1)
    assert site.value("SELECT count(*) FROM staging.pipelines_raw") == 2


def test_a_field_that_the_next_version_has_lost_stops_the_load_or_keeps_what_core_knows(
    first: Site, tmp_path: Path
) -> None:
    columns = {"pipename": [f"Line {number}" for number in range(LINES)]}
    wkt = [line(number) for number in range(LINES)]
    publish_layers(first, TITLE, tmp_path, {"lines.parquet": (columns, wkt)})
    assert first.loaded(DATASET, "second").changed == 0
    assert {row["operator"] for row in core(first, "operator")} == {"ACME"}
    (drift,) = first.rows("SELECT field, kind FROM ops.schema_drift")
    assert drift == {"field": "opername", "kind": "absent"}


def test_without_a_version_there_is_nothing_to_load_and_the_command_says_so(site: Site) -> None:
    result = enverus("load", DATASET, "--initial")
    assert result.exit_code == 3
    assert f"pipelines: the data lake has no published version of {LAKE}" in result.stderr
    assert site.rows("SELECT * FROM ops.load_batches") == []


def test_an_object_that_is_not_the_recorded_one_is_refused(first: Site, tmp_path: Path) -> None:
    published(first, tmp_path, {number: f"Second {number}" for number in range(LINES)})
    key = first.value("SELECT key FROM ops.lake_assets WHERE version = 2 AND role = 'data'")
    first.lake.put(key, b"something else")
    with pytest.raises(EvidenceError, match=rf"{key} is not the object that the lake's ledger describes"):
        first.extracted(DATASET, "second")


def test_of_several_files_the_catalog_names_one(site: Site, tmp_path: Path) -> None:
    columns = {"opername": ["A"], "pipename": ["one"]}
    layers = {name: (columns, [line(number)]) for number, name in enumerate(("east.parquet", "west.parquet"))}
    publish_layers(site, TITLE, tmp_path, layers)
    with pytest.raises(SourceError, match=r"v1 has several files: name one as source\.asset: east\.parquet, west"):
        site.extracted(DATASET, "run")
    assert site.loaded(_with_asset("west.parquet"), "run").inserted == 1
    assert core(site, "st_xmax(geom_line) AS x") == [{"x": -91.0}]
    with pytest.raises(SourceError, match=r"v1 has no file north\.parquet \(source\.asset\), but east\.parquet, west"):
        site.extracted(_with_asset("north.parquet"), "other")


def _with_asset(name: str) -> Dataset:
    dataset = load_dataset(DATASET)
    return dataset.model_copy(update={"source": dataset.source.model_copy(update={"asset": name})})


# Commands


def test_commands_that_load_work_on_files_or_say_why_not(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path, {number: f"Line {number}" for number in range(LINES)})
    result = enverus("load", DATASET, "--initial")
    assert (result.exit_code, f"inserted {LINES}" in result.stdout) == (0, True), result.output
    result = enverus("reseed", DATASET)
    assert (result.exit_code, f"unchanged {LINES}" in result.stdout) == (0, True), result.output
    result = enverus("backfill", DATASET, "--from", "2026-01-01", "--to", "2026-01-02")
    assert result.exit_code == 3
    assert "pipelines: a snapshot has no window to backfill: each load reads everything" in result.stderr
    for words in (("drift", "diff", DATASET), ("schema", "qa", DATASET)):
        result = enverus(*words)
        assert result.exit_code == 3
        assert "pipelines: files feed it, not the API: it comes from the data lake's" in result.stderr
