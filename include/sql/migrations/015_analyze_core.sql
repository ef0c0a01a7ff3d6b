-- What the planner knows of a table that has just been filled for the first time, until the server's own turn comes.
-- depends: 014_defer_indexes

CREATE FUNCTION ops.analyze_once(core_table text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET default_statistics_target = 10
AS $$
DECLARE
    target regclass := format('core.%I', core_table)::regclass;
BEGIN
    IF (SELECT reltuples FROM pg_class WHERE oid = target) >= 0 THEN
        RETURN FALSE;
    END IF;
    EXECUTE format('ANALYZE %s', target);
    RETURN TRUE;
END;
$$;
COMMENT ON FUNCTION ops.analyze_once(text) IS
'Gives a table of core its first statistics, which only its owner can: a quick sample, for a start.';
REVOKE ALL ON FUNCTION ops.analyze_once(text) FROM public;
GRANT EXECUTE ON FUNCTION ops.analyze_once(text) TO enverus_loader;
