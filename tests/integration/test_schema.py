"""The warehouse as the migrations leave it: what the catalog says, owned and granted as the design says."""

import psycopg
import pytest

from enverus_elt.catalog import load_catalog, load_dataset
from enverus_elt.errors import TransientError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts
from enverus_elt.schema.migrate import migrate
from sandbox.enverus_api.mapping import codes
from tests.services.site import Site

STANDARD = ("id", "objectid", "source_id", "row_hash", "created_at", "updated_at", "deleted_at", "load_batch_id")
TYPES = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_attribute AS a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
SPELLED = {"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone"}


def test_a_second_migration_changes_nothing(site: Site) -> None:
    with connect(WAREHOUSE_OWNER) as conn:
        assert migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts()) == ([], [], [])


def test_core_has_the_catalogs_columns_and_types_and_the_standard_ones(site: Site) -> None:
    for dataset in load_catalog():
        found = {row["name"]: row["type"] for row in site.rows(TYPES, f"core.{dataset.table}")}
        for column in dataset.columns:
            declared = SPELLED.get(column.type, column.type.replace("varchar", "character varying"))
            assert found[column.name] == declared, (dataset.id, column.name)
        for geometry in dataset.geometry:
            assert found[geometry.name] == f"geometry({geometry.typmod.replace(' ', '')})"
        assert set(STANDARD) <= found.keys()


def test_every_column_of_core_that_the_catalog_describes_is_commented(site: Site) -> None:
    query = "SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
    for dataset in load_catalog():
        described = [column for column in dataset.columns if column.description]
        assert described
        for column in described[::10]:
            comment = site.value(query, f"core.{dataset.table}", column.name)
            assert comment == column.description + (f" [{column.unit}]" if column.unit else "")


def test_staging_says_of_its_columns_what_core_says(site: Site) -> None:
    query = """
    SELECT count(*) FROM pg_attribute AS c
    INNER JOIN pg_attribute AS s ON s.attname = c.attname AND s.attnum > 0
    WHERE c.attrelid = 'core.wells'::regclass AND s.attrelid = %s::regclass AND c.attnum > 0
    AND c.attname NOT IN ('load_batch_id')
    AND col_description(c.attrelid, c.attnum) = col_description(s.attrelid, s.attnum)
    """
    for name in ("wells_raw", "wells"):
        assert site.value(query, f"staging.{name}") == len(load_dataset("wells").all_names) + 1  # and row_hash


# Hand edits


def test_a_row_that_the_owner_changes_by_hand_is_as_new_and_one_that_stays_is_not(site: Site) -> None:
    insert = """
    INSERT INTO core.pipelines (id, source_id, pipeline_id, name, commodity, geom_line, row_hash, load_batch_id)
    VALUES (gen_random_uuid(), 'p', 'p', 'P', 'co2', 'SRID=4326;MULTILINESTRING((0 28, 0 29))', gen_random_uuid(), 1)
    """
    lease = """
    INSERT INTO core.landtrac_leases (id, source_id, lease_id, updated_date, row_hash, load_batch_id)
    VALUES (gen_random_uuid(), '1', 1, now(), gen_random_uuid(), 1)
    """
    with site.warehouse("owner") as conn:
        for statement, table, column, same, other in (
            (insert, "core.pipelines", "name", "P", "Q"),
            (lease, "core.landtrac_leases", "acres", None, 1.5),
        ):
            conn.execute(statement)
            times = [conn.execute(f"SELECT updated_at FROM {table}").fetchall()]
            for value in (same, other, other):
                conn.execute(f"UPDATE {table} SET {column} = %s", (value,))
                times.append(conn.execute(f"SELECT updated_at FROM {table}").fetchall())
            assert times[0] == times[1] != times[2] == times[3]
        (row,) = conn.execute("SELECT length_km, created_at < updated_at AS moved FROM core.pipelines").fetchall()
    assert round(row["length_km"]) == 111
    assert row["moved"]


# Facilities


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("facility_type", "'castle'", "facility_sites_facility_type"),
        ("status", "'asleep'", "facility_sites_status"),
        ("state_province", "'ZZ'", "facility_sites_state_province"),
        ("capacity_mmcf_per_day", "-1", "facility_sites_capacity"),
        ("decommissioned_date", "'1999-12-31'", "facility_sites_dates"),
        ("geom_point", "'SRID=4326;POINT EMPTY'", "facility_sites_geom_point_valid"),
        ("name", "''", "facility_sites_name"),
    ],
)
def test_a_facility_is_what_the_references_and_its_own_dates_allow(
    site: Site, column: str, value: str, constraint: str
) -> None:
    names = "id, source_id, facility_id, name, facility_type, installed_date, geom_point, row_hash, load_batch_id"
    insert = f"""
    INSERT INTO core.facility_sites ({names})
    VALUES (gen_random_uuid(), 'a', 'a', 'A', 'refinery', '2000-01-01', 'SRID=4326;POINT(-90 28)', gen_random_uuid(), 1)
    ON CONFLICT (facility_id) DO UPDATE SET name = excluded.name
    """
    with site.warehouse() as conn:
        conn.execute(insert)
        conn.execute(insert)
        with pytest.raises(psycopg.IntegrityError) as caught:
            conn.execute(f"UPDATE core.facility_sites SET {column} = {value}")
    assert caught.value.diag.constraint_name == constraint


def test_every_state_of_the_data_is_a_reference(site: Site) -> None:
    assert set(codes.STATE.values()) <= {row["code"] for row in site.rows("SELECT code FROM core.ref_states")}
    assert site.value("SELECT count(*) FROM core.ref_states WHERE country = 'US' AND kind = 'state'") == 50
    assert site.value("SELECT count(*) FROM core.ref_states WHERE country = 'CA'") == 13


def test_a_migration_waits_for_another_and_a_killed_one_leaves_no_lock(site: Site) -> None:
    with connect(WAREHOUSE_OWNER) as holder, connect(WAREHOUSE_OWNER) as conn:
        holder.execute("SELECT pg_advisory_lock(hashtext('enverus_elt'), hashtext('schema'))")
        conn.execute("SET lock_timeout = '100ms'")
        with pytest.raises(TransientError, match="lock timeout"):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
        holder.close()
        assert migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts()) == ([], [], [])
