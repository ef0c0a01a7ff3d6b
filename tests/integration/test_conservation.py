"""Rows that go missing between two steps stop the load before anything of it is committed."""

import json

import pytest

from enverus_elt.catalog import load_dataset
from enverus_elt.errors import ConservationError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.stage import stage
from tests.services.site import Site

LEASES = "landtrac-leases"


def test_a_row_that_is_lost_on_the_way_into_staging_stops_the_load(site: Site) -> None:
    batch_id = site.extracted(LEASES, "run")
    (key,) = [key for key in site.store.keys("exports/") if key.endswith("manifest.json")]
    manifest = json.loads(site.store.get(key))
    site.store.put(key, json.dumps(manifest | {"rows": manifest["rows"] + 1}).encode())
    with connect() as conn, pytest.raises(ConservationError, match="of 2,592 extracted rows 2,591 are staged, 0 quar"):
        stage(conn, site.store, load_dataset(LEASES), batch_id)
    assert site.value("SELECT count(*) FROM staging.landtrac_leases_raw") == 0


def test_a_row_that_is_lost_between_staging_and_core_stops_the_merge(site: Site) -> None:
    batch_id = site.validated(LEASES, "run")
    with connect() as conn:
        conn.execute("DELETE FROM staging.landtrac_leases_raw WHERE row_no = 7")
    with pytest.raises(ConservationError, match="2,591 rows are staged, but 2,590 have a fate"):
        site.merged(LEASES, batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0
    assert site.value("SELECT count(*) FROM ops.run_log") == 0
