-- Optional: a schema in which dbt, and nobody else, makes what it likes, and which readers may read. Run by a database
-- administrator, as superuser, after 001_roles.sql. Safe to run again.

CREATE SCHEMA IF NOT EXISTS sandbox AUTHORIZATION enverus_transformer;
COMMENT ON SCHEMA sandbox IS 'What enverus_transformer makes of core and marts; nothing of the pipeline reads it.';

GRANT USAGE ON SCHEMA sandbox TO enverus_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE enverus_transformer IN SCHEMA sandbox GRANT SELECT ON TABLES TO enverus_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE enverus_transformer REVOKE EXECUTE ON FUNCTIONS FROM public;
