-- Lets the loader put off the indexes of an empty table until its first rows are in it, within one transaction.
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
    -- All but those that a constraint stands on; those of partitions follow their parent's.
    INSERT INTO ops.deferred_indexes (core_table, index_name, definition)
    SELECT dataset_table, i.relname, replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ')
    FROM pg_index AS x INNER JOIN pg_class AS i ON x.indexrelid = i.oid
    WHERE x.indrelid = target AND NOT x.indisunique
    ON CONFLICT (core_table, index_name) DO NOTHING;
    FOR item IN SELECT d.index_name FROM ops.deferred_indexes AS d WHERE d.core_table = dataset_table
    LOOP
        EXECUTE format('DROP INDEX IF EXISTS core.%I', item.index_name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END;
$$;
COMMENT ON FUNCTION ops.defer_indexes(text) IS
'Drops the indexes of a table of core that is empty and that nobody uses, until ops.build_indexes; returns how many.';
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
'Builds the indexes of a table of core that ops.defer_indexes has dropped; returns how many.';
REVOKE ALL ON FUNCTION ops.build_indexes(text) FROM public;
GRANT EXECUTE ON FUNCTION ops.build_indexes(text) TO enverus_loader;

COMMENT ON TABLE ops.deferred_indexes IS
'Indexes that a merge into an empty table builds after its rows; outside of its transaction there are none.';
SELECT ops.build_indexes(d.core_table) FROM (SELECT DISTINCT core_table FROM ops.deferred_indexes) AS d;
