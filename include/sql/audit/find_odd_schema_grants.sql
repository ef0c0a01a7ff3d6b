-- May every role use the database and its schemas as bootstrap and migrations grant it, and is nothing PUBLIC's?
WITH declared (thing, grantee, privilege) AS (
    VALUES
    ('database', 'enverus_owner', 'CREATE'),
    ('database', 'enverus_owner', 'CONNECT'),
    ('database', 'enverus_owner', 'TEMPORARY'),
    ('database', 'enverus_loader', 'CONNECT'),
    ('database', 'enverus_loader', 'TEMPORARY'),
    ('database', 'enverus_transformer', 'CONNECT'),
    ('database', 'enverus_transformer', 'TEMPORARY'),
    ('database', 'enverus_marts', 'TEMPORARY'),
    ('database', 'enverus_reader', 'CONNECT'),
    ('core', 'enverus_loader', 'USAGE'),
    ('core', 'enverus_marts', 'USAGE'),
    ('core', 'enverus_transformer', 'USAGE'),
    ('core', 'enverus_reader', 'USAGE'),
    ('ops', 'enverus_loader', 'USAGE'),
    ('ops', 'enverus_reader', 'USAGE'),
    ('marts', 'enverus_loader', 'USAGE'),
    ('marts', 'enverus_transformer', 'USAGE'),
    ('marts', 'enverus_reader', 'USAGE'),
    ('public', 'enverus_owner', 'USAGE'),
    ('public', 'enverus_loader', 'USAGE'),
    ('public', 'enverus_marts', 'USAGE'),
    ('public', 'enverus_transformer', 'USAGE'),
    ('public', 'enverus_reader', 'USAGE'),
    ('sandbox', 'enverus_reader', 'USAGE')
),

thing AS (
    SELECT
        'database' AS name,
        d.datdba AS owner,
        coalesce(d.datacl, acldefault('d', d.datdba)) AS acl
    FROM pg_database AS d
    WHERE d.datname = current_database()
    UNION ALL
    SELECT
        n.nspname AS name,
        n.nspowner AS owner,
        coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
    FROM pg_namespace AS n
    WHERE n.nspname IN ('core', 'staging', 'ops', 'marts', 'public', 'sandbox')
),

found AS (
    SELECT
        t.name::text AS thing,
        coalesce(g.rolname::text, 'PUBLIC') AS grantee,
        a.privilege_type AS privilege
    FROM thing AS t
    CROSS JOIN LATERAL aclexplode(t.acl) AS a
    LEFT JOIN pg_roles AS g ON a.grantee = g.oid
    -- That others may connect, or use PostGIS, is the database administrator's business.
    WHERE
        a.grantee <> t.owner AND (t.name NOT IN ('database', 'public') OR coalesce(g.rolname, 'enverus_') ~ '^enverus_')
)

SELECT
    CASE odd.thing WHEN 'database' THEN 'the database' ELSE 'schema ' || odd.thing END
    || ': ' || odd.grantee || ' ' || odd.verb || ' ' || odd.privilege AS finding
FROM (
    SELECT
        'has' AS verb,
        surplus.*
    FROM (
        SELECT * FROM found
        EXCEPT
        SELECT * FROM declared
    ) AS surplus
    UNION ALL
    SELECT
        'lacks' AS verb,
        missing.*
    FROM (
        SELECT * FROM declared
        EXCEPT
        SELECT * FROM found
    ) AS missing
) AS odd
WHERE odd.thing IN (SELECT t.name FROM thing AS t)
ORDER BY finding
