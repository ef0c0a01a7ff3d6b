"""The warehouse as the migrations leave it: what the catalog says, owned and granted as the design says."""

from dataclasses import replace

import psycopg
import pytest

from enverus_elt.catalog import load_catalog, load_dataset
from enverus_elt.errors import TerminalError, TransientError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import Kind, Mart, load_marts
from enverus_elt.schema.migrate import migrate
from enverus_elt.steps.refresh import refresh
from sandbox.enverus_api.mapping import codes
from tests.services.site import Site

STANDARD = ("id", "objectid", "source_id", "row_hash", "created_at", "updated_at", "deleted_at", "load_batch_id")
TYPES = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_attribute AS a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
VIEWS = "SELECT count(*) FROM pg_class WHERE relnamespace = 'marts'::regnamespace AND relkind IN ('m', 'v')"
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
            assert found[geometry.name] == f"geometry({geometry.typmod})".replace(" ", "")
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
    assert {row["relname"] for row in site.rows(query)} == {mart.name for mart in load_marts() if mart.materialized}


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
    assert site.value(VIEWS) == len(others)


def a_mart(name: str, *inputs: str, kind: Kind = Kind.MATERIALIZED, more: str = "") -> Mart:
    """A mart that passes the identifiers of its inputs' rows on."""
    tables = {"landtrac-leases": "core.landtrac_leases", "well-headers": "core.well_headers"}
    read = " UNION SELECT objectid FROM ".join(tables.get(name, f"marts.{name}") for name in inputs)
    query = f"SELECT objectid{more} FROM (SELECT objectid FROM {read}) AS r"
    return Mart(name, f"Mart {name}.", inputs, ("objectid",), query, kind)


def test_marts_that_read_marts_are_made_anew_with_them_and_dropped_before_them(site: Site) -> None:
    base, view = a_mart("base", "landtrac-leases"), a_mart("seen", "base", kind=Kind.VIEW)
    top, aside = a_mart("atop", "seen", "well-headers"), a_mart("beside", "well-headers")
    with connect(WAREHOUSE_OWNER) as conn:
        url = sqlalchemy_url(WAREHOUSE_OWNER)
        assert migrate(conn, url, (*load_marts(), base, aside, view, top)).marts == ["base", "beside", "seen", "atop"]
        other = a_mart("base", "landtrac-leases", more=", 1 AS one")
        assert migrate(conn, url, (*load_marts(), other, aside, view, top)) == ([], ["base", "seen", "atop"], [])
        stored = replace(view, kind=Kind.MATERIALIZED)
        assert migrate(conn, url, (*load_marts(), other, aside, stored, top)) == ([], ["seen", "atop"], [])
        with pytest.raises(TerminalError, match=r'^marts/seen\.sql: .* relation "marts.base" does not exist$'):
            migrate(conn, url, (*load_marts(), aside, view, top))
        assert site.value(VIEWS) == len(load_marts()) + 4, "nothing is half applied"
        assert migrate(conn, url, load_marts()) == ([], [], ["atop", "base", "beside", "seen"])
    assert site.value(VIEWS) == len(load_marts())


def test_somebody_elses_view_on_a_mart_is_named_and_stays(site: Site) -> None:
    mart = a_mart("base", "landtrac-leases")
    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), mart))
        conn.execute("SET ROLE enverus_marts")
        conn.execute("CREATE VIEW marts.mine AS SELECT objectid FROM marts.base")
        conn.execute("RESET ROLE")
        refusal = (
            r"^marts\.base: the warehouse refused it \(2BP01\): cannot drop .*; view marts.mine depends on .*base$"
        )
        with pytest.raises(TerminalError, match=refusal):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
    assert site.value("SELECT to_regclass('marts.base')") is not None


def test_the_columns_of_a_mart_mean_what_their_inputs_columns_mean_or_what_the_file_says(site: Site) -> None:
    query = "SELECT l.objectid, l.acres, count(*) AS wells FROM core.landtrac_leases AS l, core.wells GROUP BY 1, 2"
    mart = Mart(
        "crowded", "Crowded.", ("landtrac-leases", "wells"), ("objectid",), query, meanings=(("wells", "Number"),)
    )
    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), mart))
        wrong = replace(mart, meanings=(("well", "Number"),))
        with pytest.raises(
            TerminalError, match=r"^marts/crowded\.sql: .* column \"well\" of relation .* does not exist$"
        ):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), wrong))
    meanings = site.rows(
        "SELECT attname, col_description(attrelid, attnum) AS meaning FROM pg_attribute"
        " WHERE attrelid = 'marts.crowded'::regclass AND attnum > 0 ORDER BY attnum"
    )
    assert [row["meaning"] for row in meanings] == [
        "Stable 32-bit integer for ArcGIS; an update keeps it.",
        "Acres [ACRE]",
        "Number",
    ]


def test_marts_are_refreshed_behind_what_they_read_once_and_only_when_it_changed(site: Site) -> None:
    base, view = a_mart("base", "landtrac-leases"), a_mart("seen", "base", kind=Kind.VIEW)
    top = a_mart("atop", "seen", "well-headers")
    marts = (base, view, top)

    def refreshed(*names: str) -> list[str]:
        with connect() as conn:
            return [item.mart for item in refresh(conn, [m for m in marts if m.name in names]) if item.refreshed]

    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), *marts))
    site.change("landtrac-leases", {"LeaseID": 1, "UpdatedDate": "2024-01-01T00:00:00"}, clear=True)
    site.loaded("landtrac-leases", "first")
    assert refreshed("base", "seen", "atop") == ["base", "atop"]
    assert site.value("SELECT count(*) FROM marts.atop") == 1
    assert refreshed("base", "seen", "atop") == []
    site.change("landtrac-leases", {"LeaseID": 2, "UpdatedDate": "2024-01-02T00:00:00"})
    site.loaded("landtrac-leases", "second")
    assert refreshed("atop") == [], "what it reads is as it was"
    assert refreshed("base") == ["base"]
    assert refreshed("atop") == ["atop"]
    assert site.value("SELECT count(*) FROM marts.atop") == 2


def test_a_migration_waits_for_another_and_a_killed_one_leaves_no_lock(site: Site) -> None:
    with connect(WAREHOUSE_OWNER) as holder, connect(WAREHOUSE_OWNER) as conn:
        holder.execute("SELECT pg_advisory_lock(hashtext('enverus_elt'), hashtext('schema'))")
        conn.execute("SET lock_timeout = '100ms'")
        with pytest.raises(TransientError, match="lock timeout"):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
        holder.close()
        assert migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts()) == ([], [], [])
