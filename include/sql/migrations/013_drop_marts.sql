-- Lets a migration change the type of a column that marts read.
-- depends: 012_make_month_partitions

CREATE FUNCTION ops.drop_marts_of(dataset text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mart record;
BEGIN
    FOR mart IN
        SELECT m.mart AS name, m.kind FROM ops.marts AS m WHERE m.inputs @> ARRAY[dataset]
    LOOP
        SET LOCAL ROLE enverus_marts; -- who owns them, and nobody inherits from
        IF mart.kind = 'view' THEN
            EXECUTE format('DROP VIEW IF EXISTS marts.%I CASCADE', mart.name);
        ELSE
            EXECUTE format('DROP MATERIALIZED VIEW IF EXISTS marts.%I CASCADE', mart.name);
        END IF;
        RESET ROLE;
    END LOOP;
    DELETE FROM ops.marts AS m
    WHERE NOT EXISTS (
        SELECT FROM pg_class AS c WHERE c.relname = m.mart AND c.relnamespace = 'marts'::regnamespace
    );
END;
$$;
COMMENT ON FUNCTION ops.drop_marts_of(text) IS
'Drops the marts that read a dataset, and those that read them; the next run of the migrations makes them anew.';
REVOKE ALL ON FUNCTION ops.drop_marts_of(text) FROM public;
