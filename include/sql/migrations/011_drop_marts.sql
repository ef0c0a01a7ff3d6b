-- Lets a migration change the type of a column that marts read.
-- depends: 010_make_month_partitions

CREATE FUNCTION ops.drop_marts_of(dataset text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT m.mart FROM ops.marts AS m WHERE m.inputs @> ARRAY[dataset]
    LOOP
        EXECUTE format('DROP MATERIALIZED VIEW IF EXISTS marts.%I CASCADE', name);
    END LOOP;
    DELETE FROM ops.marts AS m WHERE to_regclass(format('marts.%I', m.mart)) IS NULL;
END;
$$;
COMMENT ON FUNCTION ops.drop_marts_of(text) IS
'Drops the marts that read a dataset, and those that read them; the next run of the migrations makes them anew.';
REVOKE ALL ON FUNCTION ops.drop_marts_of(text) FROM public;
