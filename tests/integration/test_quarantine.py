"""Rows that cannot be typed, keyed or located are set aside with their reason and raw form; the others go on."""

import json
from typing import Any

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.stage import stage
from tests.services.site import Site

LEASES = "landtrac-leases"
SQUARE = "POLYGON ((-90 28, -90 29, -89 29, -89 28, -90 28))"
BOW_TIE = "POLYGON ((-90 28, -89 29, -89 28, -90 29, -90 28))"


def lease(**values: Any) -> dict[str, Any]:
    return {"LeaseID": 999_000_001, "UpdatedDate": "2018-01-01T00:00:00", "Geom_Poly": SQUARE, **values}


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"TermMonths": "sixty"}, "term_months", "cannot be typed as bigint"),
        ({"TermMonths": 60.5}, "term_months", "cannot be typed as bigint"),
        ({"TermMonths": 10**20}, "term_months", "cannot be typed as bigint"),
        ({"Acres": "1,234"}, "acres", "cannot be typed as double precision"),
        ({"EffectiveDate": "2018-02-30T00:00:00"}, "effective_date", "cannot be typed as timestamp"),
        ({"Country": "UNITED STATES"}, "country", "cannot be typed as varchar(8)"),
        ({"Geom_Poly": "POLYGON ((0 0, 1 1"}, "geom_poly", "cannot be typed as geometry(Geometry,4326)"),
        ({"Geom_Poly": "POINT (-90 28)"}, "geom_poly", "the geometry is no MultiPolygon"),
        ({"Geom_Poly": "POLYGON EMPTY"}, "geom_poly", "the geometry is empty"),
        (
            {"Geom_Poly": "POLYGON ((28 -90, 29 -90, 29 -189, 28 -189, 28 -90))"},
            "geom_poly",
            "longitude or latitude is out of range",
        ),
        (
            {"UpdatedDate": "2018-01-01T00:00:00", "GranteeName": ["A", "B"]},
            "GranteeName",
            "a JSON list where a single",
        ),
        ({"GranteeName": {"first": "A"}}, "GranteeName", "a JSON dict where a single"),
        ({"GranteeName": "A\x00B"}, "GranteeName", "text with a NUL character"),
    ],
)
def test_one_bad_row_is_set_aside_and_all_others_are_loaded(
    site: Site, values: dict[str, Any], column: str, reason: str
) -> None:
    site.change(LEASES, lease(**values))
    outcome = site.loaded(LEASES, "run")
    assert outcome.inserted == 2591
    (entry,) = site.rows("SELECT * FROM ops.quarantine")
    assert entry["column_name"] == column
    assert entry["reason"].startswith(reason)
    assert "999000001" in json.dumps(entry["raw"])
    (log,) = site.rows("SELECT extracted, staged, quarantined FROM ops.run_log")
    assert log == {"extracted": 2592, "staged": 2591, "quarantined": 1}


@pytest.mark.parametrize(
    "text", ["A\rB", "A\nB", "A\r\nB", 'A"B', "A,B", "\\.", "A\n\\.\nB", "\\N", "é 中 😀", " padded "]
)
def test_text_with_what_csv_is_made_of_arrives_as_it_is(site: Site, text: str) -> None:
    site.change(LEASES, lease(GranteeName=text))
    batch_id = site.staged(LEASES, "run")
    query = "SELECT grantee_name FROM staging.landtrac_leases_raw WHERE load_batch_id = %s AND lease_id = 999000001"
    assert site.value(query, batch_id) == text


def test_the_entry_leads_to_the_object_and_line_of_the_row(site: Site) -> None:
    import gzip  # noqa: PLC0415

    site.change(LEASES, lease(Acres="1,234"))
    site.staged(LEASES, "run")
    (entry,) = site.rows("SELECT object_key, line_no FROM ops.quarantine")
    lines = gzip.decompress(site.store.get(entry["object_key"])).decode().splitlines()
    assert '"1,234"' in lines[entry["line_no"] - 1]


def test_a_self_crossing_outline_is_repaired_for_core_and_kept_as_it_came_in_staging(site: Site) -> None:
    site.change(LEASES, lease(Geom_Poly=BOW_TIE))
    site.loaded(LEASES, "run")
    query = "SELECT st_isvalid(geom_poly) AS valid, geometrytype(geom_poly) AS kind FROM {} WHERE lease_id = 999000001"
    assert site.rows(query.format("core.landtrac_leases")) == [{"valid": True, "kind": "MULTIPOLYGON"}]
    assert site.rows(query.format("staging.landtrac_leases")) == [{"valid": False, "kind": "POLYGON"}]


def test_staging_again_replaces_the_quarantine_of_the_batch(site: Site) -> None:
    site.change(LEASES, lease(Acres="1,234"), lease(LeaseID=999_000_002, Acres="x"))
    site.staged(LEASES, "run")
    site.staged(LEASES, "run")
    assert site.value("SELECT count(*) FROM ops.quarantine") == 2


def test_an_unknown_field_is_kept_raw_and_does_not_make_rows_look_changed(site: Site) -> None:
    site.loaded(LEASES, "first")
    known = site.value("SELECT min(lease_id) FROM core.landtrac_leases")
    site.change(LEASES, {"LeaseID": known, "NewField": "new"}, columns=[{"name": "NewField", "type": "TEXT"}])
    batch_id = site.validated(LEASES, "second")
    assert site.merged(LEASES, batch_id).unchanged == 2591
    query = "SELECT extra ->> 'NewField' FROM staging.landtrac_leases_raw WHERE load_batch_id = %s AND lease_id = %s"
    assert site.value(query, batch_id, known) == "new"
    (key,) = [key for key in site.store.keys("processed/") if f"_b{batch_id}_" in key and key.endswith("manifest.json")]
    assert json.loads(site.store.get(key))["unknown_fields"] == ["NewField"]


def test_a_quarantined_row_holds_no_one_up_in_the_next_run(site: Site) -> None:
    site.change(LEASES, lease(Acres="1,234"))
    site.loaded(LEASES, "first")
    site.change(LEASES, lease(Acres=1234))
    assert site.loaded(LEASES, "second").inserted == 1
    with connect() as conn:
        row = conn.execute("SELECT acres FROM core.landtrac_leases WHERE lease_id = 999000001").fetchone()
    assert row == {"acres": 1234.0}


def test_rows_from_the_future_are_set_aside_and_move_no_watermark(site: Site) -> None:
    batch_id = site.extracted(LEASES, "run")
    with connect() as conn:
        # As if the bound had been taken then: what changed more than a day later is a source's clock that is ahead.
        conn.execute("UPDATE ops.load_batches SET window_high = '2015-01-01Z', read_until = '2015-01-01Z'")
        stage(conn, site.store, load_dataset(LEASES), batch_id)
        later = conn.execute(
            "SELECT count(*), min(raw ->> 'updated_date') AS first, max(reason) AS reason FROM ops.quarantine"
        ).fetchone()
        site.approve(conn, LEASES, batch_id)
    assert later is not None
    assert later["count"] > 100
    assert later["first"] > "2015-01-02"
    assert later["reason"] == "the time of the change lies in the future"
    site.merged(LEASES, batch_id)
    assert site.value("SELECT watermark <= '2015-01-01Z' FROM ops.extract_watermarks")
    assert site.value("SELECT max(updated_date) <= '2015-01-02Z' FROM core.landtrac_leases")
