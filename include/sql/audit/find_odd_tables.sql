-- Has every dataset of the catalog its tables, with the catalog's columns and types and no others?
WITH relation AS (
    SELECT
        r.relation,
        to_regclass(r.relation) AS oid,
        r.dataset,
        r.columns,
        r.others
    FROM jsonb_to_recordset(%(relations)s::jsonb) AS r (relation text, dataset text, columns jsonb, others text[])
),

declared AS (
    SELECT
        r.oid,
        r.relation || '.' || c.name AS column_name,
        c.name,
        c.type,
        c.required
    FROM relation AS r
    CROSS JOIN LATERAL jsonb_to_recordset(r.columns) AS c (name text, type text, required boolean)
    WHERE r.oid IS NOT NULL
)

SELECT r.relation || ': the dataset ' || r.dataset || ' has no such table; run ''enverus migrate''' AS finding
FROM relation AS r
WHERE r.oid IS NULL
UNION ALL
SELECT d.column_name || ': the column is missing' AS finding
FROM declared AS d
WHERE
    NOT EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = d.oid AND a.attname = d.name AND NOT a.attisdropped
    )
UNION ALL
SELECT d.column_name || ': is ' || format_type(a.atttypid, a.atttypmod) || ', in the catalog ' || d.type AS finding
FROM declared AS d
INNER JOIN pg_attribute AS a ON d.oid = a.attrelid AND d.name = a.attname
WHERE format_type(a.atttypid, a.atttypmod) <> d.type
UNION ALL
SELECT
    d.column_name || CASE WHEN d.required THEN ': may be empty' ELSE ': may not be empty' END
    || ', in the catalog it is otherwise' AS finding
FROM declared AS d
INNER JOIN pg_attribute AS a ON d.oid = a.attrelid AND d.name = a.attname
WHERE a.attnotnull <> d.required
UNION ALL
SELECT r.relation || '.' || a.attname || ': the catalog has no such column' AS finding
FROM relation AS r
INNER JOIN pg_attribute AS a ON r.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE
    a.attname <> all(r.others)
    AND NOT EXISTS (
        SELECT FROM declared AS d
        WHERE d.oid = r.oid AND d.name = a.attname
    )
ORDER BY finding
