"""What a merge does to rows that come twice, late, changed, deleted or back; on leases and production of the source."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import StaleWorkerError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.sources.base import Window
from enverus_elt.sql import render
from enverus_elt.steps import merge as step
from enverus_elt.steps.batch import LoadKind, take_batch
from enverus_elt.steps.classification import classify, merge_names
from tests.services.site import Site

LEASES, PRODUCTION, HEADERS = "landtrac-leases", "production", "well-headers"


def a_row(site: Site, table: str, key: str) -> dict[str, Any]:
    return site.rows(f"SELECT * FROM core.{table} ORDER BY {key} LIMIT 1")[0]


def test_an_update_keeps_id_objectid_and_creation_time(site: Site) -> None:
    site.loaded(LEASES, "first")
    before = a_row(site, "landtrac_leases", "lease_id")
    site.change(LEASES, {"LeaseID": before["lease_id"], "Acres": 1.5, "UpdatedDate": "2025-01-02T03:04:05"})
    assert site.loaded(LEASES, "second").updated == 1
    after = a_row(site, "landtrac_leases", "lease_id")
    kept = ("id", "objectid", "source_id", "created_at", "geom_poly")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["acres"] == 1.5
    assert after["updated_at"] > before["updated_at"]
    assert after["load_batch_id"] > before["load_batch_id"]


def test_a_row_that_a_snapshot_lacks_is_deleted_softly_and_restored_when_it_is_back(site: Site) -> None:
    site.loaded(LEASES, "first")
    row = a_row(site, "landtrac_leases", "lease_id")
    site.change(LEASES, delete=[{"LeaseID": row["lease_id"]}])
    second = site.loaded(LEASES, "second")
    assert (second.absent, second.unchanged) == (1, 2590)
    assert a_row(site, "landtrac_leases", "lease_id")["deleted_at"] is not None
    site.control("DELETE", f"rows/{LEASES}")
    third = site.loaded(LEASES, "third")
    assert (third.updated, third.unchanged) == (1, 2590)
    restored = a_row(site, "landtrac_leases", "lease_id")
    assert restored["deleted_at"] is None
    assert restored["objectid"] == row["objectid"]


def test_a_restatement_ends_one_version_and_begins_another(site: Site) -> None:
    site.loaded(PRODUCTION, "first")
    key = a_row(site, "production", "production_id")["production_id"]
    site.change(PRODUCTION, {"ProductionID": key, "Prod_OilBBL": 7.0, "UpdatedDate": "2025-02-20T00:00:00"})
    assert site.loaded(PRODUCTION, "second").updated == 1
    first, second = site.rows("SELECT * FROM core.production WHERE production_id = %s ORDER BY valid_from", key)
    assert (first["is_current"], second["is_current"]) == (False, True)
    assert first["valid_to"] == second["valid_from"] == second["updated_date"]
    assert second["valid_to"] is None
    assert second["prod_oil_bbl"] == 7.0
    assert first["id"] == second["id"]
    assert first["objectid"] != second["objectid"]


def test_a_delete_that_leaves_the_update_time_alone_is_seen(site: Site) -> None:
    site.loaded(PRODUCTION, "first")
    key = a_row(site, "production", "production_id")["production_id"]
    site.change(PRODUCTION, {"ProductionID": key, "DeletedDate": "2025-02-20T00:00:00"})
    assert site.loaded(PRODUCTION, "second").deleted == 1
    rows = site.rows(
        "SELECT deleted_at, is_current FROM core.production WHERE production_id = %s ORDER BY valid_from", key
    )
    assert [(row["deleted_at"] is None, row["is_current"]) for row in rows] == [(True, False), (False, True)]


def test_an_older_batch_never_overwrites_a_newer_row(site: Site) -> None:
    site.loaded(HEADERS, "first")
    key = a_row(site, "well_headers", "well_id")["well_id"]
    site.change(HEADERS, {"WellID": key, "WellName": "OLDER", "UpdatedDate": "2025-01-01T00:00:00"})
    older = site.validated(HEADERS, "older")
    site.change(HEADERS, {"WellID": key, "WellName": "NEWER", "UpdatedDate": "2025-01-03T00:00:00"})
    newer = site.validated(HEADERS, "newer")
    assert site.merged(HEADERS, newer).updated == 1
    watermark = site.value("SELECT watermark FROM ops.extract_watermarks")
    assert site.merged(HEADERS, older).stale == 1
    assert site.value("SELECT well_name FROM core.well_headers WHERE well_id = %s", key) == "NEWER"
    assert site.value("SELECT watermark FROM ops.extract_watermarks") == watermark


def test_an_older_snapshot_changes_nothing_after_a_newer_one(site: Site) -> None:
    site.loaded(LEASES, "first")
    row = a_row(site, "landtrac_leases", "lease_id")
    site.change(
        LEASES, {"LeaseID": 999_000_001, "UpdatedDate": "2018-01-01T00:00:00"}, delete=[{"LeaseID": row["lease_id"]}]
    )
    older = site.validated(LEASES, "older")
    site.control("DELETE", f"rows/{LEASES}")
    assert site.loaded(LEASES, "newer").unchanged == 2591
    outcome = site.merged(LEASES, older)
    assert (outcome.stale, outcome.changed) == (2591, 0)
    assert a_row(site, "landtrac_leases", "lease_id") == row
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 2591


def test_of_a_key_that_comes_twice_the_newest_form_counts(site: Site) -> None:
    site.loaded(HEADERS, "first")
    key = a_row(site, "well_headers", "well_id")["well_id"]
    # In the update window and in the delete window at once: the API delivers it in both queries.
    change = {"WellID": key, "UpdatedDate": "2025-01-01T00:00:00", "DeletedDate": "2025-01-02T00:00:00"}
    site.change(HEADERS, change)
    outcome = site.loaded(HEADERS, "second")
    assert (outcome.deleted, outcome.duplicate) == (1, 1)


def test_an_unchanged_batch_writes_nothing_to_core(site: Site) -> None:
    site.loaded(LEASES, "first")
    before = site.rows("SELECT xmin::text, ctid::text FROM core.landtrac_leases ORDER BY lease_id")
    assert site.loaded(LEASES, "second").unchanged == 2591
    assert site.rows("SELECT xmin::text, ctid::text FROM core.landtrac_leases ORDER BY lease_id") == before


def test_a_change_by_hand_stays_with_its_time_until_the_source_changes_the_row(site: Site) -> None:
    site.change(LEASES, {"LeaseID": 1, "Acres": 1.5, "UpdatedDate": "2024-01-01T00:00:00"}, clear=True)
    site.loaded(LEASES, "first")
    loaded = a_row(site, "landtrac_leases", "lease_id")
    with site.warehouse("owner") as conn:
        conn.execute("UPDATE core.landtrac_leases SET acres = 9")
    edited = a_row(site, "landtrac_leases", "lease_id")
    assert edited["updated_at"] > loaded["updated_at"]
    assert site.loaded(LEASES, "second").unchanged == 1
    assert a_row(site, "landtrac_leases", "lease_id") == edited
    site.change(LEASES, {"LeaseID": 1, "Acres": 2.5, "UpdatedDate": "2024-01-02T00:00:00"})
    assert site.loaded(LEASES, "third").updated == 1
    assert a_row(site, "landtrac_leases", "lease_id")["acres"] == 2.5


def test_a_worker_whose_batch_was_taken_over_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = site.validated(LEASES, "run")
    dataset = load_dataset(LEASES)
    with connect() as late, connect() as successor:
        stale = take_batch(late, dataset, batch_id)
        take_batch(successor, dataset, batch_id)
        monkeypatch.setattr(step, "take_batch", lambda *_: stale)
        with pytest.raises(StaleWorkerError, match=f"another attempt has taken over batch {batch_id}"):
            step.merge(late, dataset, batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0


def test_ids_are_the_same_after_a_full_reseed(site: Site) -> None:
    site.loaded(LEASES, "first")
    before = site.rows("SELECT lease_id, id FROM core.landtrac_leases ORDER BY lease_id")
    with site.warehouse("owner") as conn:
        conn.execute("TRUNCATE core.landtrac_leases")
    site.loaded(LEASES, "again")
    assert site.rows("SELECT lease_id, id FROM core.landtrac_leases ORDER BY lease_id") == before


def test_the_run_log_refuses_counts_that_do_not_add_up(site: Site) -> None:
    batch_id = site.validated(LEASES, "run")
    with connect() as conn:
        conn.execute("UPDATE ops.load_batches SET staged = staged - 1 WHERE batch_id = %s", (batch_id,))
        with pytest.raises(Exception, match="have a fate"):
            step.merge(conn, load_dataset(LEASES), batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0
    assert site.value("SELECT count(*) FROM ops.run_log") == 0


def test_what_is_absent_is_found_by_an_index_when_nothing_is_known_of_core(site: Site) -> None:
    """Of a wide table that was never analyzed the planner expects one row, and would compare each with each."""
    batch_id, wells = site.staged("wells", "first"), load_dataset("wells")
    with connect() as conn, conn.transaction(force_rollback=True):
        batch = replace(take_batch(conn, wells, batch_id), kind=LoadKind.RESEED, window=Window(None, datetime.now(UTC)))
        classify(conn, wells, batch)
        conn.execute(
            render("merge/insert_rows.sql", **merge_names(wells, batch), mostly_new=True), {"batch_id": batch_id}
        )
        statement = f"EXPLAIN (FORMAT JSON) {render('merge/delete_absent.sql', dataset=wells)}"
        row = conn.execute(statement, {"batch_id": batch_id + 1, "read_at": batch.read_at}).fetchone()
    assert row is not None
    inner = [scan for scan in plans(row["QUERY PLAN"][0]["Plan"]) if scan.get("Alias") == "d"]
    assert [scan["Node Type"] for scan in inner if scan["Node Type"] == "Seq Scan" and not scan["hashed"]] == []


def plans(plan: dict[str, Any], *, hashed: bool = False) -> Iterator[dict[str, Any]]:
    """A plan and those below it; ``hashed`` says that a node is read once, into a hash table or sorted."""
    yield {**plan, "hashed": hashed}
    for part in plan.get("Plans", ()):
        yield from plans(part, hashed=plan["Node Type"] in ("Hash", "Sort", "Hash Join", "Merge Join"))
