-- Does every schema, table, view and function belong to the role that it should?
WITH declared (schema, owner) AS (
    VALUES
    ('core', 'enverus_owner'),
    ('ops', 'enverus_owner'),
    ('marts', 'enverus_marts'),
    ('staging', 'enverus_loader'),
    ('sandbox', 'enverus_transformer')
),

thing AS (
    SELECT
        n.nspname AS schema,
        'schema ' || n.nspname AS name,
        n.nspowner AS owner
    FROM pg_namespace AS n
    UNION ALL
    SELECT
        n.nspname AS schema,
        n.nspname || '.' || c.relname AS name,
        c.relowner AS owner
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'sandbox'
    UNION ALL
    SELECT
        n.nspname AS schema,
        n.nspname || '.' || p.proname AS name,
        p.proowner AS owner
    FROM pg_proc AS p
    INNER JOIN pg_namespace AS n ON p.pronamespace = n.oid
    WHERE n.nspname <> 'sandbox'
)

SELECT t.name || ': belongs to ' || r.rolname || ', and should to ' || d.owner AS finding
FROM declared AS d
INNER JOIN thing AS t ON d.schema = t.schema
INNER JOIN pg_roles AS r ON t.owner = r.oid
WHERE r.rolname <> d.owner
ORDER BY finding
