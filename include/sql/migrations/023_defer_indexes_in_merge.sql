-- Lets the loader put off keys and indexes of an empty table until its first rows are in it, within one transaction.
-- depends: 022_create_landtrac_units

CREATE FUNCTION ops.defer_indexes(dataset_table text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass := format('core.%I', dataset_table)::regclass;
    is_empty boolean;
    item record;
    dropped integer := 0;
BEGIN
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', target) INTO is_empty;
    IF NOT is_empty THEN
        RETURN 0;
    END IF;
    BEGIN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', target);
    EXCEPTION
        WHEN lock_not_available THEN
            RETURN 0;  -- Somebody reads it: the load is slower, but waits for nobody.
    END;
    -- Keys first, for dropping one takes its index along; those of partitions follow their parent's.
    FOR item IN
        SELECT k.conname AS name, pg_get_constraintdef(k.oid) AS definition
        FROM pg_constraint AS k
        WHERE k.conrelid = target AND k.contype IN ('p', 'u')
    LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', target, item.name);
        EXCEPTION
            WHEN dependent_objects_still_exist THEN
                CONTINUE;  -- A view that groups by this key, say.
        END;
        INSERT INTO ops.deferred_indexes (core_table, index_name, definition)
        VALUES (
            dataset_table,
            item.name,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', target, item.name, item.definition)
        );
        dropped := dropped + 1;
    END LOOP;
    FOR item IN
        SELECT i.relname AS name, replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ') AS definition
        FROM pg_index AS x INNER JOIN pg_class AS i ON x.indexrelid = i.oid
        WHERE x.indrelid = target AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid)
    LOOP
        EXECUTE format('DROP INDEX core.%I', item.name);
        INSERT INTO ops.deferred_indexes (core_table, index_name, definition)
        VALUES (dataset_table, item.name, item.definition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END;
$$;
COMMENT ON FUNCTION ops.defer_indexes(text) IS
'Drops keys and indexes of a table of core that is empty and that nobody uses; returns how many it has dropped.';
REVOKE ALL ON FUNCTION ops.defer_indexes(text) FROM public;
GRANT EXECUTE ON FUNCTION ops.defer_indexes(text) TO enverus_loader;

CREATE FUNCTION ops.build_indexes(dataset_table text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    item record;
    built integer := 0;
BEGIN
    FOR item IN
        DELETE FROM ops.deferred_indexes AS d WHERE d.core_table = dataset_table
        RETURNING d.definition
    LOOP
        EXECUTE item.definition;
        built := built + 1;
    END LOOP;
    RETURN built;
END;
$$;
COMMENT ON FUNCTION ops.build_indexes(text) IS
'Builds the keys and indexes of a table of core that ops.defer_indexes has dropped; returns how many.';
REVOKE ALL ON FUNCTION ops.build_indexes(text) FROM public;
GRANT EXECUTE ON FUNCTION ops.build_indexes(text) TO enverus_loader;

COMMENT ON TABLE ops.deferred_indexes IS
'Keys and indexes that a merge into an empty table builds after its rows; outside of its transaction there are none.';
SELECT ops.build_indexes(d.core_table) FROM (SELECT DISTINCT core_table FROM ops.deferred_indexes) AS d;
