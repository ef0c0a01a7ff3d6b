"""The warehouse as the migrations leave it: what the catalog says, owned and granted as the design says."""

from dataclasses import replace

import psycopg
import pytest

from enverus_elt.catalog import load_catalog
from enverus_elt.errors import TransientError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts
from enverus_elt.schema.migrate import migrate
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


def test_every_geometry_of_core_has_a_gist_index(site: Site) -> None:
    indexed = site.rows(
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'core' AND indexdef ~ 'USING gist'"
    )
    for dataset in load_catalog():
        for geometry in dataset.geometry:
            assert any(i["tablename"] == dataset.table and f"({geometry.name})" in i["indexdef"] for i in indexed)


def test_every_mart_has_the_unique_index_that_a_concurrent_refresh_needs(site: Site) -> None:
    query = """
    SELECT c.relname FROM pg_class AS c JOIN pg_index AS i ON i.indrelid = c.oid
    WHERE c.relnamespace = 'marts'::regnamespace AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    """
    assert {row["relname"] for row in site.rows(query)} == {mart.name for mart in load_marts()}


def test_every_column_of_core_that_the_catalog_describes_is_commented(site: Site) -> None:
    query = "SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
    for dataset in load_catalog():
        described = [column for column in dataset.columns if column.description]
        assert described
        for column in described[::10]:
            comment = site.value(query, f"core.{dataset.table}", column.name)
            assert comment == column.description + (f" [{column.unit}]" if column.unit else "")


def test_no_role_of_the_pipeline_is_a_superuser(site: Site) -> None:
    roles = site.rows("SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname ~ '^enverus_'")
    assert len(roles) == 4
    assert not [role for role in roles if role["rolsuper"] or role["rolcreaterole"] or role["rolcreatedb"]]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("", "CREATE TABLE core.mine (id int)"),
        ("", "DELETE FROM core.wells"),
        ("", "TRUNCATE core.wells"),
        ("", "DELETE FROM ops.run_log"),
        ("", "DROP TABLE core.wells"),
        ("", "CREATE TABLE public.mine (id int)"),
        ("", "REFRESH MATERIALIZED VIEW marts.wells_by_operator"),
        ("reader", "UPDATE core.wells SET well_name = ''"),
        ("reader", "INSERT INTO ops.extract_watermarks VALUES ('wells', now(), 1)"),
        ("reader", "SELECT * FROM staging.wells"),
        ("reader", "SET ROLE enverus_loader"),
        ("reader", "DELETE FROM core.wells"),
        ("reader", "CREATE TEMPORARY TABLE mine (id int)"),
    ],
)
def test_a_role_may_not_do_what_is_not_its_business(site: Site, role: str, statement: str) -> None:
    with site.warehouse(role) as conn:
        conn.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)


def test_a_reader_reads_core_marts_and_ops(site: Site) -> None:
    with site.warehouse("reader") as conn:
        for table in ("core.wells", "marts.wells_per_lease", "ops.run_log"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == {"count": 0}


def test_marts_are_owned_by_their_own_role_and_staging_by_the_loader(site: Site) -> None:
    query = "SELECT DISTINCT schemaname, matviewowner AS owner FROM pg_matviews"
    assert site.rows(query) == [{"schemaname": "marts", "owner": "enverus_marts"}]
    assert site.value("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'staging'") == "enverus_loader"


def test_a_mart_is_made_anew_when_its_definition_changes_and_dropped_when_its_file_is_gone(site: Site) -> None:
    first, *others = load_marts()
    changed = replace(first, title="Something else.")
    with connect(WAREHOUSE_OWNER) as conn:
        url = sqlalchemy_url(WAREHOUSE_OWNER)
        assert migrate(conn, url, (changed, *others)) == ([], [first.name], [])
        assert migrate(conn, url, tuple(others)) == ([], [], [first.name])
    assert site.value("SELECT count(*) FROM pg_matviews WHERE schemaname = 'marts'") == len(others)


def test_a_migration_waits_for_another_and_a_killed_one_leaves_no_lock(site: Site) -> None:
    with connect(WAREHOUSE_OWNER) as holder, connect(WAREHOUSE_OWNER) as conn:
        holder.execute("SELECT pg_advisory_lock(hashtext('enverus_elt'), hashtext('schema'))")
        conn.execute("SET lock_timeout = '100ms'")
        with pytest.raises(TransientError, match="lock timeout"):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
        holder.close()
        assert migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts()) == ([], [], [])
