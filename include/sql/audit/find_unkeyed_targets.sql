-- Is every target of an upsert or a merge backed by a key that is exactly its columns? A partitioned table's keys also
-- have the columns that it is partitioned by.
WITH target AS (
    SELECT
        t.relation,
        t.columns,
        FALSE AS current_only
    FROM jsonb_to_recordset(%(targets)s::jsonb) AS t (relation text, columns text[])
    UNION ALL
    SELECT
        'core.' || d.name AS relation,
        d.key AS columns,
        d.versioned AS current_only
    FROM jsonb_to_recordset(%(datasets)s::jsonb) AS d (name text, key text[], versioned boolean)
    UNION ALL
    SELECT
        'core.' || d.name AS relation,
        d.columns,
        FALSE AS current_only
    FROM
        (
            SELECT
                f.name,
                f.key AS columns
            FROM jsonb_to_recordset(%(file_fed)s::jsonb) AS f (name text, key text[])
            UNION ALL
            SELECT
                s.name,
                ARRAY['objectid'] AS columns
            FROM jsonb_to_recordset(%(standard)s::jsonb) AS s (name text)
        ) AS d
),

indexed AS (
    SELECT
        i.indrelid,
        pg_get_expr(i.indpred, i.indrelid) AS predicate,
        array(
            SELECT a.attname::text FROM pg_attribute AS a
            WHERE a.attrelid = i.indrelid AND a.attnum = any(i.indkey)
        ) AS columns,
        array(
            SELECT a.attname::text
            FROM pg_partitioned_table AS p
            INNER JOIN pg_attribute AS a ON p.partrelid = a.attrelid AND a.attnum = any(p.partattrs)
            WHERE p.partrelid = i.indrelid
        ) AS partitioned_by
    FROM pg_index AS i
    WHERE i.indisunique AND i.indisvalid AND i.indexprs IS NULL
)

SELECT t.relation || ': no unique index on (' || array_to_string(t.columns, ', ') || ')' AS finding
FROM target AS t
WHERE
    to_regclass(t.relation) IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM indexed AS i
        WHERE
            i.indrelid = to_regclass(t.relation)
            AND t.columns <@ i.columns
            AND i.columns <@ (t.columns || i.partitioned_by)
            AND (i.predicate IS NULL OR (t.current_only AND i.predicate = 'is_current'))
    )
ORDER BY finding
