-- May only those run the warehouse's functions who need to?
WITH declared (function, grantee) AS (
    VALUES
    ('ops.is_castable', 'enverus_loader'),
    ('ops.copy_comments', 'enverus_loader'),
    ('ops.make_month_partitions', 'enverus_loader'),
    ('ops.analyze_once', 'enverus_loader'),
    ('ops.defer_indexes', 'enverus_loader'),
    ('ops.build_indexes', 'enverus_loader'),
    ('ops.create_scratch', 'enverus_loader')
),

found AS (
    SELECT
        n.nspname || '.' || p.proname AS function,
        coalesce(g.rolname::text, 'PUBLIC') AS grantee
    FROM pg_proc AS p
    INNER JOIN pg_namespace AS n ON p.pronamespace = n.oid
    CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
    LEFT JOIN pg_roles AS g ON a.grantee = g.oid
    WHERE n.nspname IN ('core', 'staging', 'ops', 'marts') AND a.grantee <> p.proowner
)

SELECT surplus.function || ': ' || surplus.grantee || ' has EXECUTE' AS finding
FROM (
    SELECT * FROM found
    EXCEPT
    SELECT * FROM declared
) AS surplus
UNION ALL
SELECT missing.function || ': ' || missing.grantee || ' lacks EXECUTE' AS finding
FROM (
    SELECT * FROM declared
    EXCEPT
    SELECT * FROM found
) AS missing
ORDER BY finding
