-- Run once by a database administrator, as superuser, in the warehouse database. Safe to run again.
-- Everything after it is done by enverus_owner, which is no superuser. Passwords or certificates are set apart.
--
--   enverus_owner   owns the schemas and runs the migrations
--   enverus_marts   owns the marts, so that the loader can refresh them and nothing else of the owner's
--   enverus_loader  what Airflow connects as; takes on enverus_marts only by SET ROLE
--   enverus_reader  reads, never writes

CREATE EXTENSION IF NOT EXISTS postgis;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'enverus_owner') THEN
        CREATE ROLE enverus_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'enverus_marts') THEN
        CREATE ROLE enverus_marts;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'enverus_loader') THEN
        CREATE ROLE enverus_loader;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'enverus_reader') THEN
        CREATE ROLE enverus_reader;
    END IF;
END
$$;

ALTER ROLE enverus_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE enverus_marts NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE enverus_loader LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE enverus_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE enverus_reader SET default_transaction_read_only = on;

GRANT enverus_marts TO enverus_owner, enverus_loader;
GRANT enverus_loader TO enverus_owner; -- staging is the loader's, its tables come with the migrations

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO enverus_owner', current_database());
    EXECUTE format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO enverus_owner, enverus_loader', current_database()
    );
    -- A concurrent refresh compares the old rows with the new ones in a temporary table of the marts' owner.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO enverus_marts', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO enverus_reader', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM public;
