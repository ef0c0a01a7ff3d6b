-- Is every role a member of those that it should take on, by SET ROLE alone, and of no other? Readers and transformers
-- are groups too: people's own logins are members of them.
WITH declared (member, role) AS (
    VALUES
    ('enverus_owner', 'enverus_marts'),
    ('enverus_owner', 'enverus_loader'),
    ('enverus_loader', 'enverus_marts')
),

found AS (
    SELECT
        m.rolname AS member,
        r.rolname AS role,
        bool_or(g.admin_option) AS admin_option,
        -- Since PostgreSQL 16 each membership says so itself, before that the member's attribute does.
        bool_or((to_jsonb(g) ->> 'inherit_option')::boolean) AS inherited
    FROM pg_auth_members AS g
    INNER JOIN pg_roles AS m ON g.member = m.oid
    INNER JOIN pg_roles AS r ON g.roleid = r.oid
    WHERE m.rolname ~ '^enverus_' OR r.rolname ~ '^enverus_'
    GROUP BY m.rolname, r.rolname
)

SELECT d.member || ': is no member of ' || d.role AS finding
FROM declared AS d
WHERE
    NOT EXISTS (
        SELECT FROM found AS f
        WHERE f.member = d.member AND f.role = d.role
    )
UNION ALL
SELECT f.member || ': is a member of ' || f.role || ', and should not be' AS finding
FROM found AS f
WHERE
    NOT EXISTS (
        SELECT FROM declared AS d
        WHERE f.member = d.member AND f.role = d.role
    )
    AND NOT (f.role IN ('enverus_reader', 'enverus_transformer') AND f.member !~ '^enverus_')
UNION ALL
SELECT f.member || ': may make others members of ' || f.role AS finding
FROM found AS f
WHERE f.admin_option
UNION ALL
SELECT f.member || ': inherits what ' || f.role || ' may do' AS finding
FROM found AS f
WHERE
    f.inherited AND EXISTS (
        SELECT FROM declared AS d
        WHERE f.member = d.member AND f.role = d.role
    )
ORDER BY finding
