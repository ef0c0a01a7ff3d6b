"""What would be wrong without anyone noticing: each of these once loaded green."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.errors import SourceError, TransientError, VolumeError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.marts import load_marts, marts_of
from enverus_elt.steps.opening import open_batch
from enverus_elt.steps.refresh import refresh
from tests.services.site import Site

LEASES, HEADERS = "landtrac-leases", "well-headers"


def a_lease(site: Site) -> int:
    return int(site.value("SELECT min(lease_id) FROM core.landtrac_leases"))


def test_a_snapshot_does_not_delete_a_row_that_is_in_quarantine(site: Site) -> None:
    site.loaded(LEASES, "first")
    site.change(LEASES, {"LeaseID": a_lease(site), "Acres": "1,234"})
    outcome = site.loaded(LEASES, "second")
    assert (outcome.unchanged, outcome.absent) == (2590, 0)
    assert site.value("SELECT count(*) FROM core.landtrac_leases WHERE deleted_at IS NULL") == 2591


@pytest.mark.parametrize("moment", ["2099-01-01T00:00:00", "NULL"])
def test_a_snapshot_asks_for_rows_whatever_their_time(site: Site, moment: str) -> None:
    site.loaded(LEASES, "first")
    site.change(LEASES, {"LeaseID": a_lease(site), "UpdatedDate": moment})
    batch_id = site.validated(LEASES, "second")
    assert site.value("SELECT column_name FROM ops.quarantine") == "updated_date"
    assert site.merged(LEASES, batch_id).absent == 0


def test_a_snapshot_that_lost_a_large_part_waits_for_a_person(site: Site) -> None:
    site.loaded(LEASES, "first")
    keys = [row["lease_id"] for row in site.rows("SELECT lease_id FROM core.landtrac_leases LIMIT 600")]
    site.change(LEASES, delete=[{"LeaseID": key} for key in keys])
    batch_id = site.validated(LEASES, "second")
    with pytest.raises(VolumeError, match="600 of 2,591 live rows are gone from the source, more than 20%"):
        site.merged(LEASES, batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases WHERE deleted_at IS NULL") == 2591
    assert site.value("SELECT count(*) FROM ops.run_log") == 1


def test_a_batch_that_is_mostly_quarantine_is_not_committed(site: Site) -> None:
    site.loaded(LEASES, "first")
    keys = [row["lease_id"] for row in site.rows("SELECT lease_id FROM core.landtrac_leases LIMIT 200")]
    site.change(LEASES, *({"LeaseID": key, "Acres": "x"} for key in keys))
    with pytest.raises(VolumeError, match="200 of 2,591 rows are in quarantine, more than 5%"):
        site.validated(LEASES, "second")


def test_a_field_that_the_source_never_had_stops_the_first_load(site: Site) -> None:
    dataset = load_dataset(LEASES)
    facts = dataset.model_dump()
    next(column for column in facts["columns"] if column["name"] == "acres")["source"] = "NetAcres"
    with pytest.raises(SourceError, match="no row has the fields NetAcres: not the source's names"):
        site.extracted(Dataset.model_validate(facts), "run")
    assert [key for key in site.store.keys("exports/") if key.endswith("manifest.json")] == []


def test_a_delete_does_not_carry_the_watermark_past_updates(site: Site) -> None:
    site.loaded(HEADERS, "first")
    before = site.value("SELECT watermark FROM ops.extract_watermarks")
    key = site.value("SELECT min(well_id) FROM core.well_headers")
    site.change(HEADERS, {"WellID": key, "DeletedDate": "2025-01-17T00:00:00"})
    assert site.loaded(HEADERS, "second").deleted == 1
    assert site.value("SELECT watermark FROM ops.extract_watermarks") == before
    late = {"WellID": 999_000_001, "UpdatedDate": "2025-01-12T00:00:00", "WellName": "LATE"}
    site.change(HEADERS, late)
    assert site.loaded(HEADERS, "third").inserted == 1


def test_an_undelete_that_is_dated_before_the_delete_restores_the_row(site: Site) -> None:
    site.loaded(HEADERS, "first")
    key = site.value("SELECT min(well_id) FROM core.well_headers")
    site.change(HEADERS, {"WellID": key, "DeletedDate": "2025-01-17T12:00:00"})
    assert site.loaded(HEADERS, "second").deleted == 1
    site.change(HEADERS, {"WellID": key, "DeletedDate": "NULL", "UpdatedDate": "2025-01-17T06:00:00"})
    assert site.loaded(HEADERS, "third").updated == 1
    assert site.value("SELECT deleted_at FROM core.well_headers WHERE well_id = %s", key) is None


def test_a_mart_sees_a_batch_that_was_merged_out_of_order(site: Site) -> None:
    own = marts_of(HEADERS, load_marts())
    site.loaded(HEADERS, "first")
    keys = [row["well_id"] for row in site.rows("SELECT well_id FROM core.well_headers ORDER BY 1 LIMIT 2")]
    site.change(HEADERS, {"WellID": keys[0], "WellName": "A", "UpdatedDate": "2025-01-01T00:00:00"})
    older = site.validated(HEADERS, "older")
    site.control("DELETE", f"rows/{HEADERS}")
    site.change(HEADERS, {"WellID": keys[1], "WellName": "B", "UpdatedDate": "2025-01-02T00:00:00"})
    site.loaded(HEADERS, "newer")
    with connect() as conn:
        refresh(conn, own)
        assert site.merged(HEADERS, older).updated == 1
        assert [item.refreshed for item in refresh(conn, own)] == [True]
    assert site.value("SELECT well_name FROM marts.well_headers_map WHERE well_id = %s", keys[0]) == "A"


@pytest.mark.parametrize("off", [timedelta(days=1), -timedelta(days=1)])
def test_a_source_whose_clock_is_off_opens_no_batch(site: Site, off: timedelta) -> None:
    with connect() as conn, pytest.raises(TransientError, match="the source's clock says"):
        open_batch(conn, load_dataset(LEASES), "run", datetime.now(UTC) + off)
    assert site.value("SELECT count(*) FROM ops.load_batches") == 0


def test_an_attempt_that_was_replaced_cannot_touch_its_successors_objects(site: Site) -> None:
    dataset = load_dataset(LEASES)
    with connect() as conn:
        zombie = open_batch(conn, dataset, "run", datetime.now(UTC))
    site.store.put(f"{zombie.keys.own}_part00001.csv.gz", b"half")
    batch_id = site.validated(LEASES, "run")
    assert batch_id == zombie.batch_id
    # What the replaced attempt left is gone, and what it still writes lies beside the objects that count.
    site.store.put(zombie.keys.manifest, b"{}")
    site.store.put(f"{zombie.keys.own}_part00001.csv.gz", b"late")
    assert site.merged(LEASES, batch_id).inserted == 2591
    assert len(list(site.store.keys("processed/"))) == 2


def test_a_batch_whose_extract_began_again_cannot_be_merged_meanwhile(site: Site) -> None:
    batch_id = site.validated(LEASES, "run")
    with connect() as conn:
        open_batch(conn, load_dataset(LEASES), "run", datetime.now(UTC))
    with pytest.raises(Exception, match="is extracting, not validated"):
        site.merged(LEASES, batch_id)


@pytest.mark.parametrize(
    "shape", ["POLYGON ((-90 28, -90 29, nan 29, -90 28))", "POLYGON ((-90 28, -90 28, -90 28, -90 28))"]
)
def test_a_shape_that_is_none_is_set_aside(site: Site, shape: str) -> None:
    lease: dict[str, Any] = {"LeaseID": 999_000_001, "UpdatedDate": "2018-01-01T00:00:00", "Geom_Poly": shape}
    site.change(LEASES, lease)
    assert site.loaded(LEASES, "run").inserted == 2591
    assert site.value("SELECT column_name FROM ops.quarantine") == "geom_poly"
