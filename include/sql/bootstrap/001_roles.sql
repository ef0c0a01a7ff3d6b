-- Run once by a database administrator, as superuser, in the warehouse database. Safe to run again.
-- Everything after it is done by enverus_owner, which is no superuser. Passwords or certificates are set apart; a role
-- that has none cannot log in.
--
--   enverus_owner        owns the schemas and runs the migrations; takes on the loader and the marts' owner by SET ROLE
--   enverus_marts        owns the marts, so that the loader can refresh them and nothing else of the owner's
--   enverus_loader       what Airflow connects as; takes on enverus_marts only by SET ROLE
--   enverus_transformer  what dbt connects as: reads core and marts, writes in a schema of its own (002_sandbox.sql)
--   enverus_reader       reads core and marts, never writes: a GIS, and the pages in Airflow's UI
--
-- A person gets a login of their own: CREATE ROLE anna LOGIN IN ROLE enverus_reader.

CREATE EXTENSION IF NOT EXISTS postgis;

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'enverus_owner', 'enverus_marts', 'enverus_loader', 'enverus_transformer', 'enverus_reader'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
    END LOOP;
END
$$;

-- Without INHERIT the two that are members of others have those rights only while they say so: what the owner makes in
-- passing in marts or staging would be its own, and nobody could refresh or drop it.
ALTER ROLE enverus_owner LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE enverus_marts NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE enverus_loader LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE enverus_transformer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE enverus_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE enverus_reader SET default_transaction_read_only = on;

GRANT enverus_marts TO enverus_owner, enverus_loader;
GRANT enverus_loader TO enverus_owner; -- staging is the loader's, its tables come with the migrations

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO enverus_owner', current_database());
    EXECUTE format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO enverus_owner, enverus_loader, enverus_transformer',
        current_database()
    );
    -- A concurrent refresh compares the old rows with the new ones in a temporary table of the marts' owner.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO enverus_marts', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO enverus_reader', current_database());
END
$$;

-- PostGIS lives here, and nothing else does.
REVOKE ALL ON SCHEMA public FROM public;
GRANT USAGE ON SCHEMA public TO
enverus_owner, enverus_marts, enverus_loader, enverus_transformer, enverus_reader;
