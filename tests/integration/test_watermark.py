"""The watermark never passes a row that core lacks, and what core lacks is asked for again until it has come."""

import json

import pytest
from typer.testing import CliRunner, Result

from enverus_elt.catalog import load_dataset
from enverus_elt.cli import app
from enverus_elt.steps import validate
from enverus_elt.suites import read
from tests.services.site import Site

HEADERS = "well-headers"
PLACE = {"GeomSHL_Point": "POINT (-90.5 28.5)", "Longitude": -90.5, "Latitude": 28.5}
ROWS = [
    {"WellID": 1, "UpdatedDate": "2024-05-01T00:00:00", **PLACE},
    {"WellID": 3, "UpdatedDate": "2024-09-01T00:00:00", **PLACE},
]
BAD = {"WellID": 2, "UpdatedDate": "2024-06-01T00:00:00", "ENVElevationGL_FT": "1,234", **PLACE}


def enverus(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


@pytest.fixture
def held(site: Site) -> Site:
    """Core lacks one row of three, which is neither the oldest nor the newest."""
    site.change(HEADERS, *ROWS, BAD, clear=True)
    batch_id = site.staged(HEADERS, "first")
    assert "1 of 3 rows are in quarantine" in refused(site, batch_id)
    assert enverus("accept", HEADERS, str(batch_id), "--reason", "known at the vendor").exit_code == 0
    assert site.judged(HEADERS, batch_id) == 0
    site.merged(HEADERS, batch_id)
    return site


def refused(site: Site, batch_id: int) -> str:
    with pytest.raises(Exception, match="enverus accept") as caught:
        site.judged(HEADERS, batch_id)
    return str(caught.value)


def marks(site: Site) -> tuple[str, str]:
    (row,) = site.rows("SELECT watermark::date::text, read_to::date::text FROM ops.extract_watermarks")
    return row["watermark"], row["read_to"]


def test_the_watermark_stays_at_the_row_that_core_lacks(held: Site) -> None:
    assert marks(held) == ("2024-06-01", "2024-09-01")


def test_a_row_that_is_corrected_in_place_is_loaded_although_no_window_covers_it(held: Site) -> None:
    held.change(HEADERS, {"WellID": 2, "ENVElevationGL_FT": 1234})
    outcome = held.loaded(HEADERS, "second")
    assert (outcome.inserted, outcome.unchanged) == (1, 1)
    assert held.value("SELECT env_elevation_gl_ft FROM core.well_headers WHERE well_id = 2") == 1234
    assert marks(held) == ("2024-09-01", "2024-09-01")
    assert held.rows("SELECT released_reason, released_by FROM ops.quarantine") == [
        {"released_reason": "read again", "released_by": 2}
    ]


def test_a_row_that_stays_bad_goes_on_holding_and_stops_no_load(held: Site) -> None:
    held.change(HEADERS, {"WellID": 4, "UpdatedDate": "2024-09-02T00:00:00"})
    assert held.loaded(HEADERS, "second").inserted == 1
    assert marks(held) == ("2024-06-01", "2024-09-02")
    entries = held.rows("SELECT batch_id, released_at IS NULL AS open FROM ops.quarantine ORDER BY 1")
    assert entries == [{"batch_id": 1, "open": False}, {"batch_id": 2, "open": True}]


def test_what_a_person_waives_holds_no_longer(held: Site) -> None:
    done = enverus("quarantine", "waive", HEADERS, "--reason", "dry hole, never mind")
    assert done.stdout == "1 rows of well-headers are waived\n"
    held.loaded(HEADERS, "second")
    assert marks(held) == ("2024-09-01", "2024-09-01")
    assert enverus("quarantine", "list").stdout == "nothing yet\n"
    (entry,) = json.loads(enverus("quarantine", "list", "--all", "--json").stdout)
    assert (entry["row_count"], entry["open_rows"]) == (1, 0)


def test_a_replay_after_a_fix_of_the_tables_releases_the_row(held: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = read(load_dataset(HEADERS))
    others = [
        e for e in suite["expectations"] if "env_elevation_gl_ft" not in e["kwargs"].get("types", e["kwargs"].values())
    ]
    monkeypatch.setattr(validate, "read", lambda _: {**suite, "expectations": others})
    with held.warehouse("owner") as conn:
        conn.execute("ALTER TABLE core.well_headers ALTER COLUMN env_elevation_gl_ft TYPE text")
        conn.execute("SET ROLE enverus_loader")
        conn.execute("DROP VIEW staging.well_headers")
        conn.execute("ALTER TABLE staging.well_headers_raw ALTER COLUMN env_elevation_gl_ft TYPE text")
    done = enverus("quarantine", "replay", HEADERS)
    assert "batch 1, replayed as 2: 1 rows loaded, 0 still bad" in done.stdout, done.output
    assert held.value("SELECT env_elevation_gl_ft FROM core.well_headers WHERE well_id = 2") == "1,234"
    assert enverus("quarantine", "replay", HEADERS).stdout.endswith(f"{HEADERS} has no open rows in quarantine\n")
    held.loaded(HEADERS, "second")
    assert marks(held) == ("2024-09-01", "2024-09-01")


def test_many_rows_in_quarantine_are_asked_for_in_urls_that_are_short_enough(site: Site) -> None:
    bad = [{**BAD, "WellID": 840_000_000_000_000 + number} for number in range(200)]
    site.change(HEADERS, *ROWS, *bad, clear=True)
    batch_id = site.staged(HEADERS, "first")
    assert enverus("accept", HEADERS, str(batch_id), "--reason", "test").exit_code == 0
    site.judged(HEADERS, batch_id)
    site.merged(HEADERS, batch_id)
    site.change(HEADERS, *({**row, "ENVElevationGL_FT": 5} for row in bad))
    assert site.loaded(HEADERS, "second").inserted == 200
    assert marks(site) == ("2024-09-01", "2024-09-01")


def test_a_late_row_in_quarantine_does_not_take_the_watermark_back(site: Site) -> None:
    rows = [{"WellID": key, "UpdatedDate": "2024-09-01T12:00:00"} for key in range(1, 60)]
    site.change(HEADERS, *rows, clear=True)
    site.loaded(HEADERS, "first")
    before = site.value("SELECT watermark FROM ops.extract_watermarks")
    newer = {"WellID": 100, "UpdatedDate": "2024-09-01T13:00:00"}
    site.change(HEADERS, newer, {**BAD, "WellID": 101, "UpdatedDate": "2024-09-01T01:00:00"})
    site.loaded(HEADERS, "second")
    assert site.value("SELECT watermark FROM ops.extract_watermarks") == before
    site.change(HEADERS, {"WellID": 101, "ENVElevationGL_FT": 5})
    assert site.loaded(HEADERS, "third").inserted == 1
    assert site.value("SELECT watermark = read_to FROM ops.extract_watermarks")
