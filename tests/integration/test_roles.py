"""What each role of the warehouse may and may not do: every act by every role, on the real server, one by one.

An act is tried in a transaction that is rolled back. Roles are tried as Airflow, dbt, a GIS or a migration has them,
by their own login; the marts' owner has none, so it is tried as what the loader takes on; a stranger is a login that
nobody has granted anything.
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from enverus_elt.errors import TerminalError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import Kind, Mart, load_marts
from enverus_elt.schema.migrate import migrate
from sandbox.stack import Stack
from tests.services.fixtures import create_database, drop_database
from tests.services.site import Site

OWNER, LOADER, MARTS, TRANSFORMER, READER, STRANGER = "owner", "loader", "marts", "transformer", "reader", "stranger"
ROLES = (OWNER, LOADER, MARTS, TRANSFORMER, READER, STRANGER)
NOBODY: tuple[str, ...] = ()
ALL = (OWNER, LOADER, MARTS, TRANSFORMER, READER)
CORE_READERS = ALL
MART_READERS = (LOADER, MARTS, TRANSFORMER, READER)

SITE = """
INSERT INTO core.facility_sites (id, source_id, facility_id, name, facility_type, geom_point, row_hash, load_batch_id)
VALUES (gen_random_uuid(), 'a', 'a', 'A', 'other', 'SRID=4326;POINT(-90 28)', gen_random_uuid(), 1)
"""

# Who may do what; all others must be refused.
ACTS: dict[str, tuple[str, tuple[str, ...]]] = {
    # core
    "read core": ("SELECT count(well_name) FROM core.wells", CORE_READERS),
    "read what is not sensitive": ("SELECT lease_id, grantee_name, geom_poly FROM core.landtrac_leases", CORE_READERS),
    "count a table with sensitive columns": ("SELECT count(*) FROM core.landtrac_leases", CORE_READERS),
    "read a sensitive column": ("SELECT grantor_name FROM core.landtrac_leases", (OWNER, LOADER)),
    "read the other sensitive column": ("SELECT grantor_address FROM core.landtrac_leases", (OWNER, LOADER)),
    "read every column": ("SELECT * FROM core.landtrac_leases", (OWNER, LOADER)),
    "read whole rows": ("SELECT l FROM core.landtrac_leases AS l", (OWNER, LOADER)),
    "search by a sensitive column": (
        "SELECT lease_id FROM core.landtrac_leases WHERE grantor_name = 'A'",
        (OWNER, LOADER),
    ),
    "sort by a sensitive column": ("SELECT lease_id FROM core.landtrac_leases ORDER BY grantor_name", (OWNER, LOADER)),
    "read what a guess can be tried against": ("SELECT row_hash FROM core.landtrac_leases", (OWNER, LOADER)),
    "read references": ("SELECT count(code) FROM core.ref_states", CORE_READERS),
    "insert into core": (SITE, (OWNER, LOADER)),
    "update core": ("UPDATE core.wells SET well_name = ''", (OWNER, LOADER)),
    "delete from core": ("DELETE FROM core.wells", (OWNER,)),
    "truncate a table of core": ("TRUNCATE core.wells", (OWNER,)),
    "insert a reference": ("INSERT INTO core.ref_statuses VALUES ('a', 'A', 'A')", (OWNER,)),
    "update a reference": ("UPDATE core.ref_states SET name = 'A' WHERE code = 'TX'", (OWNER,)),
    "move the next objectid": ("SELECT setval('core.wells_objectid_seq', 1)", (OWNER,)),
    "create a table in core": ("CREATE TABLE core.mine (id integer)", (OWNER,)),
    "create a view in core": ("CREATE VIEW core.mine AS SELECT 1 AS id", (OWNER,)),
    "create a function in core": ("CREATE FUNCTION core.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'", (OWNER,)),
    "alter a table of core": ("ALTER TABLE core.wells ADD COLUMN mine integer", (OWNER,)),
    "switch a trigger off": ("ALTER TABLE core.wells DISABLE TRIGGER wells_updated_at", (OWNER,)),
    "index a table of core": ("CREATE INDEX ON core.wells (county)", (OWNER,)),
    "rename a table of core": ("ALTER TABLE core.ref_states RENAME TO mine", (OWNER,)),
    # staging
    "read staging": ("SELECT count(*) FROM staging.wells", (LOADER,)),
    "read a sensitive column of staging": ("SELECT grantor_name FROM staging.landtrac_leases_raw", (LOADER,)),
    "create in staging": ("CREATE TABLE staging.mine (id integer)", (LOADER,)),
    "empty staging": ("TRUNCATE staging.wells_raw", (LOADER,)),
    # ops
    "read the run log": ("SELECT * FROM ops.run_log", (OWNER, LOADER, READER)),
    "read batches and datasets": ("SELECT * FROM ops.load_batches, ops.datasets", (OWNER, LOADER, READER)),
    "read signatures": ("SELECT * FROM ops.qa_signoffs, ops.v_signed_batches", (OWNER, LOADER, READER)),
    "read why rows are in quarantine": ("SELECT reason, released_at FROM ops.quarantine", (OWNER, LOADER, READER)),
    "read rows in quarantine": ("SELECT raw FROM ops.quarantine", (OWNER, LOADER)),
    "read keys in quarantine": ("SELECT natural_key FROM ops.quarantine", (OWNER, LOADER)),
    "read the API's token": ("SELECT token FROM ops.api_tokens", (OWNER, LOADER)),
    "open a batch": ("INSERT INTO ops.load_batches (dataset) SELECT 'a' WHERE FALSE", (OWNER, LOADER)),
    "write the run log": ("INSERT INTO ops.run_log (batch_id) SELECT 1 WHERE FALSE", (OWNER, LOADER)),
    "delete from the run log": ("DELETE FROM ops.run_log", (OWNER,)),
    "delete from quarantine": ("DELETE FROM ops.quarantine", (OWNER, LOADER)),
    "record a signature": ("INSERT INTO ops.qa_signoffs (batch_id) SELECT 1 WHERE FALSE", (OWNER, LOADER)),
    "change a signature": ("UPDATE ops.qa_signoffs SET decision = 'approved'", (OWNER,)),
    "delete a signature": ("DELETE FROM ops.qa_signoffs", (OWNER,)),
    "register a mart": ("UPDATE ops.marts SET inputs = '{}'", (OWNER,)),
    "read deliveries, versions and lineage": (
        "SELECT * FROM ops.deliveries, ops.lake_versions, ops.lake_assets, ops.activity, ops.v_lineage",
        (OWNER, LOADER, READER),
    ),
    "register a delivery": ("INSERT INTO ops.deliveries (batch_id) SELECT 'a' WHERE FALSE", (OWNER, LOADER)),
    "delete a delivery": ("DELETE FROM ops.deliveries", (OWNER,)),
    "discard a version": ("DELETE FROM ops.lake_versions", (OWNER, LOADER)),
    "add to the activity": ("INSERT INTO ops.activity (actor) SELECT 'a' WHERE FALSE", (OWNER, LOADER)),
    "change the activity": ("UPDATE ops.activity SET actor = 'a'", (OWNER,)),
    "create a scratch schema": ("SELECT ops.create_scratch(delivery_id, 1) FROM ops.deliveries", (OWNER, LOADER)),
    "create in ops": ("CREATE TABLE ops.mine (id integer)", (OWNER,)),
    "try a cast": ("SELECT ops.is_castable('1', 'integer')", (OWNER, LOADER)),
    "copy comments": ("CALL ops.copy_comments('core.wells', 'core.wells')", (OWNER,)),
    # marts
    "read a mart": ("SELECT count(*) FROM marts.wells_by_operator", MART_READERS),
    "read a layer": ("SELECT count(geom_poly) FROM marts.leases_layer", MART_READERS),
    "refresh a mart": ("REFRESH MATERIALIZED VIEW marts.wells_by_operator", (MARTS,)),
    "refresh a mart concurrently": ("REFRESH MATERIALIZED VIEW CONCURRENTLY marts.wells_by_operator", (MARTS,)),
    "create in marts": ("CREATE VIEW marts.mine AS SELECT 1 AS id", (MARTS,)),
    "drop a mart": ("DROP MATERIALIZED VIEW marts.wells_by_operator", (MARTS,)),
    "change core through a layer": ("UPDATE marts.wells_layer SET well_name = ''", NOBODY),
    "delete from core through a layer": ("DELETE FROM marts.wells_layer", NOBODY),
    "make a mart of a sensitive column": (
        "CREATE VIEW marts.mine AS SELECT grantor_name FROM core.landtrac_leases; SELECT * FROM marts.mine",
        NOBODY,
    ),
    # other roles
    "become the marts' owner": ("SET ROLE enverus_marts", (OWNER, LOADER, MARTS)),
    "become the loader": ("SET ROLE enverus_loader", (OWNER, LOADER, MARTS)),
    "become the owner": ("SET ROLE enverus_owner", (OWNER,)),
    "become the transformer": ("SET ROLE enverus_transformer", (TRANSFORMER,)),
    "become the reader": ("SET ROLE enverus_reader", (READER,)),
    "create a role": ("CREATE ROLE mine", NOBODY),
    "give oneself more": ("ALTER ROLE CURRENT_USER SUPERUSER", NOBODY),
    "join another role": ("GRANT enverus_owner TO enverus_reader", NOBODY),
    "read passwords": ("SELECT rolpassword FROM pg_authid", NOBODY),
    # the database
    "create in the transformer's schema": ("CREATE TABLE sandbox.mine (id integer)", (TRANSFORMER,)),
    "create in public": ("CREATE TABLE public.mine (id integer)", NOBODY),
    "create a schema": ("CREATE SCHEMA mine", (OWNER,)),
    "create a temporary table": (
        "CREATE TEMPORARY TABLE mine (id integer)",
        (OWNER, LOADER, MARTS, TRANSFORMER),
    ),
    "use PostGIS": ("SELECT public.st_point(1, 2)", ALL),
    "read a file of the server": ("SELECT pg_read_file('postgresql.conf')", NOBODY),
    "run a program on the server": ("COPY (SELECT 1) TO PROGRAM 'true'", NOBODY),
    "switch all triggers off": ("SET session_replication_role = replica", NOBODY),
}


class Logins:
    """Every role's way into one warehouse."""

    def __init__(self, services: Stack, database: str) -> None:
        self.dba = services.superuser(database)
        self.mark = uuid.uuid4().hex[:12]
        self.stranger, self.person = f"stranger_{self.mark}", f"person_{self.mark}"
        self._secret = {role: services.settings.secrets[f"postgres_{role}"] for role in (OWNER, LOADER, READER)}
        self._given = secrets.token_urlsafe(24)
        self._sessions: dict[str, psycopg.Connection] = {}

    def create(self) -> None:
        """The transformer gets a password; a stranger gets a login, and a person one in the readers' role."""
        with psycopg.connect(self.dba, autocommit=True) as conn:
            conn.execute(sql.SQL("ALTER ROLE enverus_transformer PASSWORD {}").format(self._given))
            for name, group in ((self.stranger, ""), (self.person, " IN ROLE enverus_reader")):
                login = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}" + group)
                conn.execute(login.format(sql.Identifier(name), self._given))

    def drop(self) -> None:
        """Take all of it away again: roles are the server's, not the database's."""
        with psycopg.connect(self.dba, autocommit=True) as conn:
            conn.execute("ALTER ROLE enverus_transformer PASSWORD NULL")
            for name in (self.stranger, self.person):
                conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))

    def conninfo(self, role: str) -> str:
        """The role's own login; one of the two that ``create`` made, by its name."""
        user = role if self.mark in role else f"enverus_{role}"
        return make_conninfo(self.dba, user=user, password=self._secret.get(role, self._given))

    @contextmanager
    def acting_as(self, role: str) -> Iterator[psycopg.Connection]:
        """A transaction that is rolled back, in a session that the role keeps."""
        if role not in self._sessions:
            self._sessions[role] = self._open(role)
        with self._sessions[role].transaction(force_rollback=True):
            yield self._sessions[role]

    def _open(self, role: str) -> psycopg.Connection:
        conninfo = self.dba if role == STRANGER else self.conninfo(LOADER if role == MARTS else role)
        conn = psycopg.connect(conninfo, autocommit=True)
        # A reader is to be refused for its rights.
        conn.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        if role == MARTS:
            conn.execute("SET ROLE enverus_marts")
        if role == STRANGER:
            conn.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(self.stranger)))
        return conn


@pytest.fixture(scope="module")
def logins(services: Stack) -> Iterator[Logins]:
    """The logins of a migrated warehouse of this module's own."""
    name = f"roles-{uuid.uuid4().hex[:12]}"
    create_database(services, name)
    logins = Logins(services, name)
    logins.create()
    yield logins
    drop_database(services, name)
    logins.dba = services.superuser("postgres")
    logins.drop()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_a_role_does_what_it_is_for_and_nothing_else(logins: Logins, act: str, role: str) -> None:
    statement, allowed = ACTS[act]
    with logins.acting_as(role) as conn:
        if role in allowed:
            conn.execute(statement)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)


def test_a_login_that_nobody_has_granted_anything_does_not_get_in(logins: Logins) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(logins.conninfo(logins.stranger))


def test_a_reader_writes_nothing_even_where_it_might(logins: Logins) -> None:
    with psycopg.connect(logins.conninfo(READER)) as conn:
        assert conn.execute("SHOW default_transaction_read_only").fetchone() == ("on",)


@pytest.mark.parametrize("role", [READER, TRANSFORMER])
def test_every_mart_can_be_read(logins: Logins, role: str) -> None:
    with logins.acting_as(role) as conn:
        for mart in load_marts():
            conn.execute(sql.SQL("SELECT * FROM marts.{}").format(sql.Identifier(mart.name)))


def test_a_persons_login_has_the_readers_rights_and_no_others(logins: Logins) -> None:
    for act, (statement, allowed) in ACTS.items():
        if "become" in act:
            continue
        with logins.acting_as(logins.person) as conn:
            if READER in allowed:
                conn.execute(statement)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement)


def test_what_the_transformer_makes_can_be_read_by_readers_and_nobody_else(logins: Logins) -> None:
    with psycopg.connect(logins.conninfo(TRANSFORMER), autocommit=True) as conn:
        conn.execute("CREATE TABLE sandbox.deep_wells AS SELECT objectid FROM core.wells WHERE md_ft > 20000")
    for role in (READER, OWNER, LOADER, MARTS):
        with logins.acting_as(role) as conn:
            if role == READER:
                assert conn.execute("SELECT count(*) FROM sandbox.deep_wells").fetchone() == (0,)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute("SELECT count(*) FROM sandbox.deep_wells")


def test_statistics_show_no_sensitive_value(logins: Logins) -> None:
    values = "SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'core' AND attname = %s"
    lease = """
    INSERT INTO core.landtrac_leases (
        id, source_id, lease_id, updated_date, grantor_name, grantee_name, row_hash, load_batch_id
    )
    SELECT gen_random_uuid(), i::text, i, now(), 'SECRET', 'PUBLIC', gen_random_uuid(), 1
    FROM generate_series(1, 9) AS i
    """
    with psycopg.connect(logins.conninfo(OWNER), autocommit=True) as conn:
        conn.execute(lease)
        conn.execute("ANALYZE core.landtrac_leases")
    for role, sees in ((LOADER, True), (READER, False), (TRANSFORMER, False), (MARTS, False)):
        with logins.acting_as(role) as conn:
            assert conn.execute(values, ("grantee_name",)).fetchall() == [("{PUBLIC}",)]
            assert conn.execute(values, ("grantor_name",)).fetchall() == ([("{SECRET}",)] if sees else [])


@pytest.mark.parametrize("kind", list(Kind))
def test_a_mart_that_reads_a_sensitive_column_is_refused_by_name(site: Site, kind: Kind) -> None:
    query = "SELECT lease_id, grantor_name FROM core.landtrac_leases"
    mart = Mart("lessors", "Who leases out.", ("landtrac-leases",), ("lease_id",), query, kind)
    refusal = r"^marts/lessors\.sql: the warehouse refused it \(42501\): permission denied for table landtrac_leases$"
    with connect(WAREHOUSE_OWNER) as conn, pytest.raises(TerminalError, match=refusal):
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), mart))
    assert site.value("SELECT to_regclass('marts.lessors')") is None
