"""The five steps on real wells, counted against the agencies' files and against what the API says it served."""

import gzip
import json

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import EvidenceError, TerminalError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.marts import load_marts, marts_of
from enverus_elt.steps.merge import merge
from enverus_elt.steps.refresh import refresh
from enverus_elt.steps.stage import partition_name, stage
from sandbox import oracle
from tests.services.site import Site

DATASETS = ("wells", "well-headers", "production", "landtrac-leases")


@pytest.fixture(scope="module")
def expected() -> dict[str, oracle.Expected]:
    return oracle.count()


@pytest.mark.parametrize("dataset", DATASETS)
def test_two_vintages_end_as_the_source_files_say(
    site: Site, dataset: str, expected: dict[str, oracle.Expected]
) -> None:
    numbers = expected[dataset]
    assert site.loaded(dataset, "first").inserted == numbers.first
    site.serve("2025")
    second = site.loaded(dataset, "second")
    assert (second.inserted, second.updated, second.deleted) == (numbers.added, numbers.changed, numbers.dropped)
    third = site.loaded(dataset, "third")
    assert third.changed == 0
    current = " AND is_current" if dataset == "production" else ""
    table = load_dataset(dataset).table
    live = site.value(f"SELECT count(*) FROM core.{table} WHERE deleted_at IS NULL{current}")
    assert live == numbers.live_after


def test_core_holds_every_field_of_every_row_as_the_api_served_it(site: Site) -> None:
    dataset = load_dataset("well-headers")
    batch_id = site.validated(dataset.id, "first")
    key = site.value("SELECT manifest_key FROM ops.load_batches WHERE batch_id = %s", batch_id)
    manifest = json.loads(site.store.get(key))
    served = b"".join(gzip.decompress(site.store.get(item["key"])) for item in manifest["objects"])
    site.merged(dataset.id, batch_id)
    with site.warehouse() as conn:
        names = ", ".join(column.name for column in dataset.columns)
        query = f"SELECT {names}, st_astext(geom_point, 15) FROM core.well_headers"
        with conn.cursor().copy(f"COPY ({query}) TO STDOUT CSV") as copy:
            core = b"".join(bytes(chunk) for chunk in copy).decode().splitlines()
    wire = [line.split(",", 3)[3] for line in served.decode().splitlines()[1:]]
    assert len(core) == len(wire) == manifest["rows"]
    assert {_plain(line) for line in core} == {_plain(line) for line in wire}


def _plain(line: str) -> tuple[str, ...]:
    """A line without what PostgreSQL spells its own way: quotes, the T of a time, zones, and trailing zeros."""
    values = line.replace('"', "").replace("+00", "").replace("T0", " 0").replace("T1", " 1").replace("T2", " 2")
    return tuple(sorted(value.removesuffix(".0").replace("POINT (", "POINT(") for value in values.split(",")))


def test_every_step_can_be_run_again_without_a_difference(site: Site) -> None:
    dataset = load_dataset("landtrac-leases")
    batch_id = site.extracted(dataset.id, "run")
    assert site.extracted(dataset.id, "run") == batch_id
    with connect() as conn:
        assert stage(conn, site.store, dataset, batch_id) == stage(conn, site.store, dataset, batch_id)
    assert site.validated(dataset.id, "run") == batch_id
    first = site.merged(dataset.id, batch_id)
    core = site.value("SELECT md5(string_agg(l::text, '' ORDER BY lease_id)) FROM core.landtrac_leases AS l")
    assert site.merged(dataset.id, batch_id) == first
    assert site.validated(dataset.id, "run") == batch_id
    again = site.value("SELECT md5(string_agg(l::text, '' ORDER BY lease_id)) FROM core.landtrac_leases AS l")
    assert core == again
    assert site.value("SELECT count(*) FROM ops.run_log") == 1


def test_objects_wait_in_exports_and_move_to_processed_after_the_commit(site: Site) -> None:
    batch_id = site.validated("landtrac-leases", "run")
    waiting = list(site.store.keys("exports/"))
    assert len(waiting) == 2
    assert any(key.endswith(".csv.gz") for key in waiting)
    assert list(site.store.keys("processed/")) == []
    site.merged("landtrac-leases", batch_id)
    assert list(site.store.keys("exports/")) == []
    assert sorted(site.store.keys("processed/")) == sorted(key.replace("exports/", "processed/") for key in waiting)


def test_a_later_window_starts_a_day_below_the_watermark(site: Site) -> None:
    site.loaded("well-headers", "first")
    watermark = site.value("SELECT watermark FROM ops.extract_watermarks")
    assert watermark == site.value("SELECT max(updated_date) FROM core.well_headers")
    batch_id = site.extracted("well-headers", "second")
    low = site.value("SELECT window_low FROM ops.load_batches WHERE batch_id = %s", batch_id)
    assert (watermark - low).days == 1


def test_a_batch_that_was_not_validated_is_not_merged(site: Site) -> None:
    batch_id = site.staged("landtrac-leases", "run")
    with connect() as conn, pytest.raises(TerminalError, match=f"batch {batch_id} is staged, not validated"):
        merge(conn, load_dataset("landtrac-leases"), batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0


def test_an_object_that_changed_after_its_manifest_is_refused(site: Site) -> None:
    batch_id = site.extracted("landtrac-leases", "run")
    (key,) = [key for key in site.store.keys("exports/") if key.endswith(".csv.gz")]
    rows = gzip.decompress(site.store.get(key)).replace(b"LA", b"TX")
    site.store.put(key, gzip.compress(rows))
    dataset = load_dataset("landtrac-leases")
    with connect() as conn, pytest.raises(EvidenceError, match="is not the object that its manifest describes"):
        stage(conn, site.store, dataset, batch_id)
    assert site.value("SELECT to_regclass(%s)", f"staging.{partition_name(dataset, batch_id)}") is None


def test_marts_are_refreshed_only_when_an_input_changed(site: Site) -> None:
    own = marts_of("landtrac-leases", load_marts())
    site.loaded("landtrac-leases", "first")
    with connect() as conn:
        assert [item.refreshed for item in refresh(conn, own)] == [True] * len(own)
        site.loaded("landtrac-leases", "second")
        assert [item.refreshed for item in refresh(conn, own)] == [False] * len(own)
    assert site.value("SELECT sum(leases) FROM marts.leases_by_expiration_year") == site.value(
        "SELECT count(*) FROM core.landtrac_leases"
    )


def test_a_mart_over_two_datasets_joins_them_in_space(site: Site) -> None:
    for dataset in ("well-headers", "landtrac-leases"):
        site.loaded(dataset, "run")
    site.loaded("wells", "run")
    (mart,) = [mart for mart in load_marts() if mart.name == "wells_per_lease"]
    with connect() as conn:
        refresh(conn, [mart])
    assert site.value("SELECT count(*) FROM marts.wells_per_lease") == 2591
    assert site.value("SELECT sum(wells) FROM marts.wells_per_lease") > 10_000
