-- Has every materialized view the unique index that a concurrent refresh needs, on the columns that its file names, and
-- rows to show meanwhile?
WITH mart AS (
    SELECT
        c.oid,
        c.relname,
        c.relispopulated,
        m.unique AS key
    FROM pg_class AS c
    LEFT JOIN jsonb_to_recordset(%(marts)s::jsonb) AS m (name text, "unique" text []) ON c.relname = m.name
    WHERE c.relnamespace = 'marts'::regnamespace AND c.relkind = 'm'
)

SELECT 'marts.' || m.relname || ': no unique index on all rows of (' || array_to_string(m.key, ', ') || ')' AS finding
FROM mart AS m
WHERE NOT EXISTS (
    SELECT FROM pg_index AS i
    WHERE
        i.indrelid = m.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND (
            m.key IS NULL
            OR m.key = ARRAY(
                SELECT a.attname::text FROM unnest(i.indkey::int2 []) WITH ORDINALITY AS k (attnum, place)
                INNER JOIN pg_attribute AS a ON a.attrelid = m.oid AND k.attnum = a.attnum
                ORDER BY k.place
            )
        )
)
UNION ALL
SELECT 'marts.' || m.relname || ': not populated' AS finding
FROM mart AS m
WHERE NOT m.relispopulated
ORDER BY finding
