"""Tables that were there before the catalog had their datasets keep what somebody has put there by hand."""

from enverus_elt.paths import MIGRATIONS
from tests.services.site import Site

PUT = """
INSERT INTO core.pipelines (id, source_id, pipeline_id, name, commodity, geom_line, row_hash, load_batch_id)
SELECT gen_random_uuid(), n, n, 'Line ' || n, 'co2', 'SRID=4326;MULTILINESTRING((0 28, 0 29))', gen_random_uuid(), 1
FROM unnest(ARRAY['a', 'b', 'c']) AS n;
INSERT INTO core.facility_sites (id, source_id, facility_id, name, facility_type, geom_point, row_hash, load_batch_id)
VALUES (gen_random_uuid(), 'a', 'a', 'A', 'refinery', 'SRID=4326;POINT(-90 28)', gen_random_uuid(), 1);
DELETE FROM core.pipelines WHERE pipeline_id = 'b';
"""
STAGING = "SET ROLE enverus_loader; DROP TABLE staging.pipelines_raw, staging.facility_sites_raw CASCADE; RESET ROLE"


def test_rows_that_were_put_by_hand_stay_with_their_ids(site: Site) -> None:
    query = "SELECT objectid, id, pipeline_id, name, length_km, updated_at, lake_version FROM core.pipelines ORDER BY 1"
    with site.warehouse("owner") as conn:
        conn.execute(PUT)
        before = conn.execute(query).fetchall()
        conn.execute(STAGING)
        for path in sorted(MIGRATIONS.glob("02[5-8]_*.sql")):
            conn.execute(path.read_text(encoding="utf-8"))
        assert conn.execute(query).fetchall() == before
        assert [row["objectid"] for row in before] == [1, 3]
        conn.execute(PUT.replace("'a', 'b', 'c'", "'d', 'b', 'e'").partition("INSERT INTO core.facility_sites")[0])
        assert [row["objectid"] for row in conn.execute(query).fetchall()] == [1, 3, 4, 5, 6]
        (left,) = conn.execute("SELECT to_regclass('ops.pipelines_before') AS before").fetchall()
    assert left == {"before": None}
    assert site.value("SELECT count(*) FROM core.facility_sites") == 1
