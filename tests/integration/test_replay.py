"""A batch is loaded again from its objects, by the command that an engineer on call would type."""

import json

import pytest
from typer.testing import CliRunner, Result

from enverus_elt.catalog import load_dataset
from enverus_elt.cli import app
from enverus_elt.steps import validate
from enverus_elt.suites import read
from tests.services.site import Site

LEASES = "landtrac-leases"
BAD = {"LeaseID": 999_000_001, "UpdatedDate": "2018-01-01T00:00:00", "Country": "UNITED STATES"}


def enverus(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


@pytest.fixture
def quarantined(site: Site) -> int:
    """A batch in core of which one row is in quarantine."""
    site.change(LEASES, BAD)
    batch_id = site.validated(LEASES, "run")
    site.merged(LEASES, batch_id)
    return batch_id


def test_quarantined_rows_are_counted_and_exported(quarantined: int) -> None:
    (entry,) = json.loads(enverus("quarantine", "list", "--json").stdout)
    assert (entry["batch_id"], entry["column_name"], entry["row_count"]) == (quarantined, "country", 1)
    (line,) = enverus("quarantine", "export", LEASES).stdout.splitlines()
    assert json.loads(line)["raw"]["country"] == "UNITED STATES"
    assert enverus("quarantine", "export", LEASES, "--batch-id", "999").stdout == ""


def test_after_a_fix_a_replay_brings_the_row_into_core_and_nothing_else(
    site: Site, quarantined: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(read(load_dataset(LEASES)))
    suite = json.loads(
        text.replace('"country": "varchar(8)"', '"country": "varchar(64)"').replace('"US"', '"US", "UNITED STATES"')
    )
    monkeypatch.setattr(validate, "read", lambda _: suite)
    with site.warehouse("owner") as conn:
        conn.execute("ALTER TABLE core.landtrac_leases ALTER COLUMN country TYPE varchar(64)")
        conn.execute("SET ROLE enverus_loader")
        conn.execute("DROP VIEW staging.landtrac_leases")
        conn.execute("ALTER TABLE staging.landtrac_leases_raw ALTER COLUMN country TYPE varchar(64)")
    before = site.value("SELECT watermark FROM ops.extract_watermarks")
    done = enverus("replay", LEASES, str(quarantined))
    assert done.exit_code == 0, done.output
    assert "quarantined 0, inserted 1, updated 0, unchanged 2,591" in done.stdout
    assert site.value("SELECT country FROM core.landtrac_leases WHERE lease_id = 999000001") == "UNITED STATES"
    assert site.value("SELECT watermark FROM ops.extract_watermarks") == before


def test_a_replay_keeps_the_objects_and_can_be_repeated(site: Site, quarantined: int) -> None:
    kept = list(site.store.keys("processed/"))
    for _ in range(2):
        assert "unchanged 2,591" in enverus("replay", LEASES, str(quarantined)).stdout
    assert list(site.store.keys("processed/")) == kept
    assert list(site.store.keys("exports/")) == []


def test_an_old_batch_never_wins_by_being_replayed(site: Site, quarantined: int) -> None:
    lease = site.value("SELECT min(lease_id) FROM core.landtrac_leases")
    site.change(LEASES, {"LeaseID": lease, "Acres": 1.5})
    site.loaded(LEASES, "newer")
    with site.warehouse() as conn:  # the two may well have been opened within one second
        conn.execute("UPDATE ops.load_batches SET read_at = (SELECT max(read_at) FROM ops.load_batches)")
    assert "stale 2,591" in enverus("replay", LEASES, str(quarantined)).stdout
    assert site.value("SELECT acres FROM core.landtrac_leases WHERE lease_id = %s", lease) == 1.5


def test_a_batch_that_is_not_there_is_named(site: Site) -> None:
    done = enverus("replay", LEASES, "999")
    assert (done.exit_code, done.stderr.strip()) == (3, "landtrac-leases: there is no committed batch 999 to replay")
