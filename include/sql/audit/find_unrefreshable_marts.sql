-- Has every materialized view the unique index that a concurrent refresh needs, on the columns that its file names, and
-- rows to show meanwhile?
WITH mart AS (
    SELECT
        c.oid,
        c.relname,
        c.relispopulated,
        m.key
    FROM pg_class AS c
    LEFT JOIN jsonb_to_recordset(%(marts)s::jsonb) AS m (name text, key text[]) ON c.relname = m.name
    WHERE c.relnamespace = 'marts'::regnamespace AND c.relkind = 'm'
),

indexed AS (
    SELECT
        i.indrelid,
        array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS columns
    FROM pg_index AS i
    INNER JOIN pg_attribute AS a ON i.indrelid = a.attrelid AND a.attnum = any(i.indkey)
    WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY i.indexrelid, i.indrelid
)

SELECT
    'marts.' || m.relname || ': no unique index on all rows'
    || coalesce(' of (' || array_to_string(m.key, ', ') || ')', '') AS finding
FROM mart AS m
WHERE
    NOT EXISTS (
        SELECT FROM indexed AS i
        WHERE i.indrelid = m.oid AND i.columns = coalesce(m.key, i.columns)
    )
UNION ALL
SELECT 'marts.' || m.relname || ': not populated' AS finding
FROM mart AS m
WHERE NOT m.relispopulated
ORDER BY finding
