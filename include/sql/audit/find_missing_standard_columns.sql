-- Has every table that is loaded the standard columns, filled as they should be, and the trigger that keeps updated_at?
WITH declared (name, type, required, filled) AS (
    VALUES
    ('id', 'uuid', TRUE, NULL),
    ('objectid', 'integer', TRUE, 'identity'),
    ('source_id', 'text', TRUE, NULL),
    ('row_hash', 'uuid', TRUE, NULL),
    ('created_at', 'timestamp with time zone', TRUE, 'now()'),
    ('updated_at', 'timestamp with time zone', TRUE, 'now()'),
    ('deleted_at', 'timestamp with time zone', FALSE, NULL),
    ('load_batch_id', 'bigint', TRUE, NULL),
    ('valid_from', 'timestamp with time zone', TRUE, NULL),
    ('valid_to', 'timestamp with time zone', FALSE, NULL),
    ('is_current', 'boolean', TRUE, 'true')
),

loaded AS (
    SELECT
        to_regclass('core.' || s.name) AS oid,
        'core.' || s.name AS name,
        s.versioned
    FROM jsonb_to_recordset(%(standard)s::jsonb) AS s (name text, versioned boolean)
    WHERE to_regclass('core.' || s.name) IS NOT NULL
),

compared AS (
    SELECT
        l.name || '.' || d.name AS name,
        d.type,
        d.required,
        d.filled,
        a.attnum,
        a.attnotnull,
        format_type(a.atttypid, a.atttypmod) AS found,
        CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(f.adbin, f.adrelid) END AS found_filled
    FROM loaded AS l
    INNER JOIN declared AS d ON l.versioned OR d.name NOT IN ('valid_from', 'valid_to', 'is_current')
    LEFT JOIN pg_attribute AS a ON l.oid = a.attrelid AND d.name = a.attname AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS f ON a.attrelid = f.adrelid AND a.attnum = f.adnum
)

SELECT c.name || ': the column is missing' AS finding
FROM compared AS c
WHERE c.attnum IS NULL
UNION ALL
SELECT c.name || ': is ' || c.found || ', and should be ' || c.type AS finding
FROM compared AS c
WHERE c.found <> c.type
UNION ALL
SELECT c.name || ': may be empty' AS finding
FROM compared AS c
WHERE c.required AND NOT c.attnotnull
UNION ALL
SELECT c.name || ': is not filled by ' || c.filled AS finding
FROM compared AS c
WHERE c.attnum IS NOT NULL AND c.filled IS NOT NULL AND c.found_filled IS DISTINCT FROM c.filled
UNION ALL
SELECT l.name || ': no trigger keeps updated_at when somebody changes a row by hand' AS finding
FROM loaded AS l
WHERE
    NOT EXISTS (
        SELECT FROM pg_trigger AS t
        WHERE t.tgrelid = l.oid AND t.tgfoid = to_regproc('core.touch_updated_at') AND t.tgenabled = 'O'
    )
ORDER BY finding
