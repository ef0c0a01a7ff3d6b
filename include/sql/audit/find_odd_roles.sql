-- Has every role the attributes that include/sql/bootstrap gives it, and no other?
WITH declared (role, login, inherit, settings) AS (
    VALUES
    ('enverus_owner', TRUE, FALSE, NULL::text[]),
    ('enverus_marts', FALSE, TRUE, NULL),
    ('enverus_loader', TRUE, FALSE, NULL),
    ('enverus_transformer', TRUE, TRUE, NULL),
    ('enverus_reader', TRUE, TRUE, ARRAY['default_transaction_read_only=on'])
),

fact AS (
    SELECT
        d.role,
        f.attribute,
        f.wanted,
        f.found
    FROM declared AS d
    INNER JOIN pg_roles AS r ON d.role = r.rolname
    CROSS JOIN LATERAL (
        VALUES
        ('LOGIN', d.login, r.rolcanlogin),
        ('INHERIT', d.inherit, r.rolinherit),
        ('SUPERUSER', FALSE, r.rolsuper),
        ('CREATEDB', FALSE, r.rolcreatedb),
        ('CREATEROLE', FALSE, r.rolcreaterole),
        ('REPLICATION', FALSE, r.rolreplication),
        ('BYPASSRLS', FALSE, r.rolbypassrls)
    ) AS f (attribute, wanted, found)
)

SELECT d.role || ': there is no such role' AS finding
FROM declared AS d
WHERE
    NOT EXISTS (
        SELECT FROM pg_roles AS r
        WHERE r.rolname = d.role
    )
UNION ALL
SELECT f.role || ': is ' || f.attribute || ', and should not be' AS finding
FROM fact AS f
WHERE f.found AND NOT f.wanted
UNION ALL
SELECT f.role || ': is not ' || f.attribute || ', and should be' AS finding
FROM fact AS f
WHERE f.wanted AND NOT f.found
UNION ALL
SELECT
    d.role || ': is set to ' || coalesce(nullif(array_to_string(r.rolconfig, ', '), ''), 'nothing')
    || ', and should be to ' || coalesce(array_to_string(d.settings, ', '), 'nothing') AS finding
FROM declared AS d
INNER JOIN pg_roles AS r ON d.role = r.rolname
WHERE r.rolconfig IS DISTINCT FROM d.settings
ORDER BY finding
