-- The warehouse's layers, who owns them and who may see them. Applied as enverus_owner.
-- depends:

CREATE SCHEMA staging AUTHORIZATION enverus_loader;
CREATE SCHEMA core;
CREATE SCHEMA marts AUTHORIZATION enverus_marts;

COMMENT ON SCHEMA staging IS 'Rows as they arrived, typed, one partition a batch; the loader''s own.';
COMMENT ON SCHEMA core IS 'The source''s truth, typed, keyed and constrained.';
COMMENT ON SCHEMA marts IS 'Materialized and public views for people and maps.';
COMMENT ON SCHEMA ops IS 'What the loads did: batches, watermarks, run log, quarantine, marts.';

GRANT USAGE ON SCHEMA core TO enverus_loader, enverus_marts, enverus_reader;
GRANT USAGE ON SCHEMA ops TO enverus_loader, enverus_reader;
GRANT USAGE ON SCHEMA staging TO enverus_owner;

SET ROLE enverus_marts;
GRANT USAGE ON SCHEMA marts TO enverus_loader, enverus_reader, enverus_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO enverus_loader, enverus_reader;
RESET ROLE;
