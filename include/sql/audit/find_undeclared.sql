-- Is everything in core and marts declared, by the catalog, a migration's table or a mart's file; and is every mart
-- there as its file says?
WITH declared AS (
    SELECT
        'core' AS schema,
        t.name
    FROM jsonb_to_recordset(%(standard)s::jsonb) AS t (name text)
    UNION ALL
    SELECT
        'core' AS schema,
        r.name
    FROM jsonb_array_elements_text(%(references)s::jsonb) AS r (name)
    UNION ALL
    SELECT
        'marts' AS schema,
        m.name
    FROM jsonb_to_recordset(%(marts)s::jsonb) AS m (name text)
),

thing AS (
    SELECT
        n.nspname AS schema,
        c.relname AS name
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE
        c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        AND NOT c.relispartition
        AND NOT EXISTS (
            SELECT FROM pg_depend AS d -- an identity's sequence is its column's
            WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'
        )
    UNION ALL
    SELECT
        n.nspname AS schema,
        p.proname || '()' AS name
    FROM pg_proc AS p
    INNER JOIN pg_namespace AS n ON p.pronamespace = n.oid
    WHERE p.oid <> coalesce(to_regproc('core.touch_updated_at')::oid, 0)
)

SELECT t.schema || '.' || t.name || ': nothing declares it' AS finding
FROM thing AS t
WHERE
    t.schema IN ('core', 'marts')
    AND NOT EXISTS (
        SELECT FROM declared AS d
        WHERE d.schema = t.schema AND d.name = t.name
    )
UNION ALL
SELECT d.schema || '.' || d.name || ': is not there; run ''enverus migrate''' AS finding
FROM declared AS d
WHERE
    NOT EXISTS (
        SELECT FROM thing AS t
        WHERE t.schema = d.schema AND t.name = d.name
    )
UNION ALL
SELECT 'marts.' || m.name || ': is not what its file says; run ''enverus migrate''' AS finding
FROM jsonb_to_recordset(%(marts)s::jsonb) AS m (name text, kind text, sha256 text)
INNER JOIN pg_class AS c ON c.relnamespace = 'marts'::regnamespace AND m.name = c.relname
LEFT JOIN ops.marts AS o ON m.name = o.mart
WHERE
    o.definition_sha256 IS DISTINCT FROM m.sha256
    OR c.relkind <> CASE m.kind WHEN 'view' THEN 'v' ELSE 'm' END
ORDER BY finding
