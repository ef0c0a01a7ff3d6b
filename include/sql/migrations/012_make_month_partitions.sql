-- Lets the loader make a month's partition, and nothing else, of a table of core that is partitioned by month.
-- depends: 011_create_facilities

CREATE FUNCTION ops.make_month_partitions(dataset_table text, days date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parent regclass := format('core.%I', dataset_table)::regclass;
    first_day date;
    name text;
    made integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = parent AND partstrat = 'r') THEN
        RAISE EXCEPTION 'core.% is not partitioned by month', dataset_table;
    END IF;
    FOR first_day IN
        SELECT DISTINCT date_trunc('month', day)::date FROM unnest(days) AS day ORDER BY 1
    LOOP
        name := format('%s_%s', dataset_table, to_char(first_day, 'YYYY_MM'));
        CONTINUE WHEN to_regclass(format('core.%I', name)) IS NOT NULL;
        -- Attached, not created in place: that would keep every reader from the table until the end.
        EXECUTE format('CREATE TABLE core.%I (LIKE core.%I INCLUDING ALL EXCLUDING IDENTITY)', name, dataset_table);
        EXECUTE format(
            'ALTER TABLE core.%I ATTACH PARTITION core.%I FOR VALUES FROM (%L) TO (%L)',
            dataset_table, name, first_day, first_day + interval '1 month'
        );
        made := made + 1;
    END LOOP;
    RETURN made;
END;
$$;
COMMENT ON FUNCTION ops.make_month_partitions(text, date[]) IS
'Makes the partitions of the months in which these days lie; returns how many there were not yet.';
REVOKE ALL ON FUNCTION ops.make_month_partitions(text, date[]) FROM public;
GRANT EXECUTE ON FUNCTION ops.make_month_partitions(text, date[]) TO enverus_loader;
