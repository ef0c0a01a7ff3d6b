-- A psql script: the two databases, the warehouse's roles, and every role's password. Safe to run again.
-- Connects as a superuser by PGHOST, PGUSER and PGPASSWORD; passwords come from the environment and never from a file.
-- A variable that is not set leaves its name behind, which is an error of syntax.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv owner_password WAREHOUSE_OWNER_PASSWORD
\getenv loader_password WAREHOUSE_LOADER_PASSWORD
\getenv reader_password WAREHOUSE_READER_PASSWORD

\connect postgres

SELECT 'CREATE ROLE airflow LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'airflow') \gexec
SELECT 'CREATE DATABASE airflow OWNER airflow'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'airflow') \gexec
SELECT 'CREATE DATABASE warehouse'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'warehouse') \gexec

REVOKE ALL ON DATABASE airflow FROM PUBLIC;

\connect warehouse
\set QUIET on
SET client_min_messages = warning;
\ir ../include/sql/bootstrap/001_roles.sql
\ir ../include/sql/bootstrap/002_sandbox.sql

-- No password in the server's log, whatever that is told to log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';

ALTER ROLE airflow PASSWORD :'airflow_password';
ALTER ROLE enverus_owner PASSWORD :'owner_password';
ALTER ROLE enverus_loader PASSWORD :'loader_password';
ALTER ROLE enverus_reader PASSWORD :'reader_password';
