"""Windows and whole datasets are read again beside the schedule, by the commands that an engineer would type."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from enverus_elt.cli import app
from enverus_elt.errors import TerminalError
from enverus_elt.steps import load as whole_load
from enverus_elt.steps.backfill import slices
from tests.services.site import Site

HEADERS, PRODUCTION, LEASES = "well-headers", "production", "landtrac-leases"
JUNE = ("--from", "2024-06-01", "--to", "2024-06-30")


def enverus(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def header(key: int, day: str, **values: Any) -> dict[str, Any]:
    place = {"GeomSHL_Point": f"POINT (-90.{key} 28.5)", "Longitude": float(f"-90.{key}"), "Latitude": 28.5}
    return {"WellID": key, "UpdatedDate": f"{day}T12:00:00", **place, **values}


@pytest.fixture
def loaded(site: Site) -> Site:
    """Core has three wells; then the source changes one of them without a new time, long before the watermark."""
    site.change(HEADERS, *(header(key, f"2024-0{key}-15", WellName="OLD") for key in (5, 6, 9)), clear=True)
    site.loaded(HEADERS, "first")
    site.change(HEADERS, {"WellID": 6, "WellName": "NEW"}, header(7, "2024-06-20"))
    return site


def state(site: Site) -> dict[str, Any]:
    (row,) = site.rows("SELECT watermark, read_to FROM ops.extract_watermarks")
    return row


def test_a_backfill_brings_what_no_later_window_covers_and_moves_no_watermark(loaded: Site) -> None:
    before = state(loaded)
    assert loaded.loaded(HEADERS, "second").inserted == 0
    done = enverus("backfill", HEADERS, *JUNE)
    assert done.exit_code == 0, done.output
    assert "inserted 1, updated 1, unchanged 0, stale 0" in done.stdout
    assert loaded.value("SELECT well_name FROM core.well_headers WHERE well_id = 6") == "NEW"
    assert state(loaded) == before
    (batch,) = loaded.rows("SELECT kind, window_low, window_high FROM ops.load_batches WHERE kind <> 'regular'")
    window = (datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 30, tzinfo=UTC))
    assert (batch["kind"], batch["window_low"], batch["window_high"]) == ("backfill", *window)
    assert loaded.loaded(HEADERS, "third").unchanged == 1


def test_a_backfill_that_is_done_is_not_done_again_unless_asked_for(loaded: Site) -> None:
    enverus("backfill", HEADERS, *JUNE)
    assert "(loaded before): quarantined 0, inserted 1" in enverus("backfill", HEADERS, *JUNE).stdout
    assert loaded.value("SELECT count(*) FROM ops.run_log") == 2
    assert "inserted 0, updated 0, unchanged 2" in enverus("backfill", HEADERS, *JUNE, "--again").stdout


def test_a_backfill_that_was_interrupted_goes_on_where_it_stopped(
    loaded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(whole_load, "validate", out_of_memory)
        with pytest.raises(MemoryError):
            enverus("backfill", HEADERS, *JUNE, "--days", "15")
    assert loaded.value("SELECT state FROM ops.load_batches WHERE kind = 'backfill'") == "staged"
    done = enverus("backfill", HEADERS, *JUNE, "--days", "15")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines() if line.startswith("batch")] == [
        "batch 2",
        "batch 3",
    ]
    assert loaded.value("SELECT count(*) FROM ops.load_batches WHERE kind = 'backfill'") == 2
    assert loaded.value("SELECT count(*) FROM core.well_headers") == 4


def test_a_first_load_still_reads_everything_after_a_backfill(site: Site) -> None:
    site.change(HEADERS, header(5, "2024-05-15"), header(6, "2024-06-15"), clear=True)
    assert "inserted 1" in enverus("backfill", HEADERS, *JUNE).stdout
    assert site.value("SELECT count(*) FROM ops.extract_watermarks") == 0
    outcome = site.loaded(HEADERS, "first")
    assert (outcome.inserted, outcome.unchanged) == (1, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((LEASES, *JUNE), "landtrac-leases: a snapshot has no window to backfill: each load reads everything"),
        ((HEADERS, "--from", "2024-06-30", "--to", "2024-06-01"), "a window must begin before it ends"),
        ((HEADERS, "--from", "2024-06-30", "--to", "2199-01-01"), "well-headers: the window ends in the future"),
    ],
)
def test_a_window_that_cannot_be_is_refused_in_one_line(site: Site, words: tuple[str, ...], message: str) -> None:
    done = enverus("backfill", *words)
    assert (done.exit_code, message in done.stderr) == (3, True)
    assert site.value("SELECT count(*) FROM ops.load_batches") == 0


def test_slices_cover_the_window_without_gap_or_overlap() -> None:
    low, high = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
    windows = [(request.low, request.high) for _, request in slices(low, high, timedelta(days=7))]
    assert (windows[0][0], windows[-1][1], len(windows)) == (low, high, 5)
    assert all(left[1] == right[0] for left, right in pairwise(windows))
    with pytest.raises(TerminalError, match="must begin before it ends"):
        list(slices(high, low, None))


def test_a_reseed_makes_core_equal_to_the_source_and_keeps_what_maps_point_to(loaded: Site) -> None:
    ids = loaded.rows("SELECT well_id, id, objectid FROM core.well_headers ORDER BY 1")
    loaded.change(HEADERS, *(header(100 + n, "2024-01-01") for n in range(10)))
    assert enverus("reseed", HEADERS).exit_code == 0
    loaded.change(HEADERS, delete=[{"WellID": 9}])
    done = enverus("reseed", HEADERS)
    assert "inserted 0, updated 0, unchanged 13, stale 0, duplicate 0, deleted 0, absent 1" in done.stdout, done.output
    assert (
        loaded.rows("SELECT well_id, id, objectid FROM core.well_headers WHERE well_id IN (5, 6, 9) ORDER BY 1") == ids
    )
    assert loaded.rows("SELECT well_id FROM core.well_headers WHERE deleted_at IS NOT NULL") == [{"well_id": 9}]
    loaded.change(HEADERS, header(9, "2024-09-15", WellName="OLD"))
    assert loaded.loaded(HEADERS, "back").updated == 1
    assert loaded.value("SELECT count(*) FROM core.well_headers WHERE deleted_at IS NOT NULL") == 0


def test_a_reseed_of_versions_ends_the_history_of_what_is_gone(site: Site) -> None:
    row = {"UpdatedDate": "2024-05-01T00:00:00", "ProducingMonth": "2024-01-01T00:00:00"}
    site.change(PRODUCTION, *({**row, "ProductionID": key} for key in range(1, 9)), clear=True)
    site.loaded(PRODUCTION, "first")
    site.change(PRODUCTION, delete=[{"ProductionID": 1}])
    assert "unchanged 7, stale 0, duplicate 0, deleted 0, absent 1" in enverus("reseed", PRODUCTION).stdout
    versions = site.rows(
        "SELECT is_current, deleted_at IS NULL AS live, valid_to IS NULL AS open"
        " FROM core.production WHERE production_id = 1 ORDER BY valid_from"
    )
    assert versions == [
        {"is_current": False, "live": True, "open": False},
        {"is_current": True, "live": False, "open": True},
    ]
    assert "unchanged 7, stale 0, duplicate 0, deleted 0, absent 0" in enverus("reseed", PRODUCTION).stdout


def test_a_reseed_that_was_interrupted_is_the_one_that_goes_on(loaded: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(whole_load, "merge", out_of_memory)
        with pytest.raises(MemoryError):
            enverus("reseed", HEADERS)
    loaded.control("DELETE", "requests")
    assert "batch 2: " in enverus("reseed", HEADERS).stdout
    assert [entry for entry in loaded.control("GET", "requests") if entry["path"] == HEADERS] == []
