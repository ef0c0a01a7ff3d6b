-- Does every mart read the tables and marts that its file names, and no others? By them it is refreshed.
WITH declared AS (
    SELECT
        m.name,
        r.relation
    FROM jsonb_to_recordset(%(marts)s::jsonb) AS m (name text, reads text[])
    CROSS JOIN LATERAL unnest(m.reads) AS r (relation)
    WHERE to_regclass('marts.' || quote_ident(m.name)) IS NOT NULL
),

found AS (
    SELECT DISTINCT
        v.relname::text AS name,
        n.nspname || '.' || c.relname AS relation
    FROM pg_class AS v
    INNER JOIN pg_rewrite AS w ON v.oid = w.ev_class
    INNER JOIN pg_depend AS d
        ON w.oid = d.objid AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    INNER JOIN pg_class AS c ON d.refobjid = c.oid AND v.oid <> c.oid
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE
        v.relnamespace = 'marts'::regnamespace
        AND NOT (
            n.nspname = 'core'
            AND c.relname IN (SELECT r.name FROM jsonb_array_elements_text(%(references)s::jsonb) AS r (name))
        )
)

SELECT 'marts.' || f.name || ': reads ' || f.relation || ', which its file does not name' AS finding
FROM found AS f
WHERE
    f.name IN (SELECT m.name FROM jsonb_to_recordset(%(marts)s::jsonb) AS m (name text))
    AND NOT EXISTS (
        SELECT FROM declared AS d
        WHERE d.name = f.name AND d.relation = f.relation
    )
UNION ALL
SELECT 'marts.' || d.name || ': does not read ' || d.relation || ', which its file names' AS finding
FROM declared AS d
WHERE
    NOT EXISTS (
        SELECT FROM found AS f
        WHERE f.name = d.name AND f.relation = d.relation
    )
ORDER BY finding
