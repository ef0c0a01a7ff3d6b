-- The warehouse's layers, who owns them and who may see them, and what all of their tables share. Applied as
-- enverus_owner.
-- depends:

CREATE SCHEMA staging AUTHORIZATION enverus_loader;
CREATE SCHEMA core;
CREATE SCHEMA marts AUTHORIZATION enverus_marts;

COMMENT ON SCHEMA core IS 'The source''s truth, typed, keyed and constrained.';
COMMENT ON SCHEMA ops IS 'What the loads did: batches, watermarks, run log, quarantine, marts.';

GRANT USAGE ON SCHEMA core TO enverus_loader, enverus_marts, enverus_transformer, enverus_reader;
GRANT USAGE ON SCHEMA ops TO enverus_loader, enverus_reader;

-- Who may read a table of core is said for each, by column where some are sensitive; nobody runs a function unasked.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;

CREATE FUNCTION core.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;
COMMENT ON FUNCTION core.touch_updated_at() IS
'Trigger: a row that somebody changes by hand is as new as one that the merge changes, which sets the time itself.';

CREATE PROCEDURE ops.copy_comments(source regclass, target regclass)
LANGUAGE plpgsql
AS $$
DECLARE
    named record;
BEGIN
    FOR named IN
        SELECT
            t.attname,
            col_description(source, s.attnum) AS comment
        FROM pg_catalog.pg_attribute AS s
        INNER JOIN pg_catalog.pg_attribute AS t ON s.attname = t.attname
        WHERE s.attrelid = source AND t.attrelid = target AND s.attnum > 0 AND t.attnum > 0
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', target, named.attname, named.comment);
    END LOOP;
END;
$$;
COMMENT ON PROCEDURE ops.copy_comments (regclass, regclass) IS
'Gives the columns of a table or view the comments that another one''s columns of the same names have.';
GRANT EXECUTE ON PROCEDURE ops.copy_comments(regclass, regclass) TO enverus_loader;

SET ROLE enverus_loader;
COMMENT ON SCHEMA staging IS 'Rows as they arrived, typed, one partition a batch; the loader''s own.';
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;

SET ROLE enverus_marts;
COMMENT ON SCHEMA marts IS 'Materialized and public views for people and maps.';
GRANT USAGE ON SCHEMA marts TO enverus_loader, enverus_transformer, enverus_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts
GRANT SELECT ON TABLES TO enverus_loader, enverus_transformer, enverus_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;
RESET ROLE;
