-- Does every schema, table, view, column and function say what it is?
WITH relation AS (
    SELECT
        c.oid,
        n.nspname || '.' || c.relname AS name
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE
        n.nspname IN ('core', 'staging', 'ops', 'marts')
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        -- A partition says what its table says, and the migration tool's own tables are its own business. What a load
        -- has not attached yet is no table of anybody's.
        AND NOT c.relispartition
        AND c.relname !~ '^_?yoyo_'
        AND NOT (n.nspname = 'staging' AND c.relkind = 'r')
)

SELECT 'schema ' || n.nspname || ': no comment' AS finding
FROM pg_namespace AS n
WHERE
    n.nspname IN ('core', 'staging', 'ops', 'marts', 'sandbox') AND obj_description(n.oid, 'pg_namespace') IS NULL
UNION ALL
SELECT r.name || ': no comment' AS finding
FROM relation AS r
WHERE obj_description(r.oid, 'pg_class') IS NULL
UNION ALL
SELECT r.name || '.' || a.attname || ': no comment' AS finding
FROM relation AS r
INNER JOIN pg_attribute AS a ON r.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE col_description(r.oid, a.attnum) IS NULL
UNION ALL
SELECT n.nspname || '.' || p.proname || ': no comment' AS finding
FROM pg_proc AS p
INNER JOIN pg_namespace AS n ON p.pronamespace = n.oid
WHERE n.nspname IN ('core', 'staging', 'ops', 'marts') AND obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY finding
