-- Will what each role creates be granted as declared: functions to nobody, marts to those who read marts?
WITH declared (role, schema, kind, grantee, privilege) AS (
    VALUES
    ('enverus_marts', 'marts', 'tables', 'enverus_loader', 'SELECT'),
    ('enverus_marts', 'marts', 'tables', 'enverus_transformer', 'SELECT'),
    ('enverus_marts', 'marts', 'tables', 'enverus_reader', 'SELECT'),
    ('enverus_transformer', 'sandbox', 'tables', 'enverus_reader', 'SELECT')
),

entry AS (
    SELECT
        r.oid AS role_oid,
        r.rolname AS role,
        coalesce(n.nspname, '') AS schema,
        CASE d.defaclobjtype
            WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE
                'schemas'
        END AS kind,
        d.defaclacl AS acl
    FROM pg_default_acl AS d
    INNER JOIN pg_roles AS r ON d.defaclrole = r.oid
    LEFT JOIN pg_namespace AS n ON d.defaclnamespace = n.oid
    WHERE r.rolname ~ '^enverus_'
),

found AS (
    SELECT
        e.role::text AS role,
        e.schema::text AS schema,
        e.kind,
        coalesce(g.rolname::text, 'PUBLIC') AS grantee,
        a.privilege_type AS privilege
    FROM entry AS e
    CROSS JOIN LATERAL aclexplode(e.acl) AS a
    LEFT JOIN pg_roles AS g ON a.grantee = g.oid
    WHERE a.grantee <> e.role_oid
)

SELECT
    odd.role || ': default privileges on ' || odd.kind || coalesce(' in ' || nullif(odd.schema, ''), '')
    || ' ' || odd.verb || ' ' || odd.privilege || ' to ' || odd.grantee AS finding
FROM (
    SELECT
        'give' AS verb,
        surplus.*
    FROM (
        SELECT * FROM found
        EXCEPT
        SELECT * FROM declared
    ) AS surplus
    UNION ALL
    SELECT
        'do not give' AS verb,
        missing.*
    FROM (
        SELECT * FROM declared
        EXCEPT
        SELECT * FROM found
    ) AS missing
) AS odd
WHERE odd.schema = '' OR to_regnamespace(odd.schema) IS NOT NULL
UNION ALL
SELECT r.rolname || ': default privileges give EXECUTE on functions to PUBLIC' AS finding
FROM pg_roles AS r
WHERE
    r.rolname IN ('enverus_owner', 'enverus_loader', 'enverus_marts')
    AND NOT EXISTS (
        SELECT FROM entry AS e
        WHERE e.role = r.rolname AND e.schema = '' AND e.kind = 'functions'
    )
ORDER BY finding
