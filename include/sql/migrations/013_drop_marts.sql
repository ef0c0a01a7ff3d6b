-- Lets a migration change the type of a column that marts read.
-- depends: 012_make_month_partitions

CREATE FUNCTION ops.drop_marts_of(dataset text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT m.mart FROM ops.marts AS m WHERE m.inputs @> ARRAY[dataset]
    LOOP
        CASE (SELECT c.relkind FROM pg_class AS c WHERE c.oid = to_regclass(format('marts.%I', name)))
            WHEN 'm' THEN EXECUTE format('DROP MATERIALIZED VIEW marts.%I CASCADE', name);
            WHEN 'v' THEN EXECUTE format('DROP VIEW marts.%I CASCADE', name);
            ELSE NULL; -- gone with one that it read
        END CASE;
    END LOOP;
    DELETE FROM ops.marts AS m WHERE to_regclass(format('marts.%I', m.mart)) IS NULL;
END;
$$;
COMMENT ON FUNCTION ops.drop_marts_of(text) IS
'Drops the marts that read a dataset, and those that read them; the next run of the migrations makes them anew.';
REVOKE ALL ON FUNCTION ops.drop_marts_of(text) FROM public;
