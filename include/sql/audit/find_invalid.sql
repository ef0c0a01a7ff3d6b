-- Is every index usable, every constraint checked against the rows that were there before it, every trigger on?
WITH relation AS (
    SELECT
        c.oid,
        n.nspname || '.' || c.relname AS name
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    WHERE n.nspname IN ('core', 'staging', 'ops', 'marts')
)

SELECT r.name || ': the index ' || x.relname || ' is not valid; drop it or reindex it' AS finding
FROM relation AS r
INNER JOIN pg_index AS i ON r.oid = i.indrelid
INNER JOIN pg_class AS x ON i.indexrelid = x.oid
WHERE NOT (i.indisvalid AND i.indisready)
UNION ALL
SELECT r.name || ': the constraint ' || k.conname || ' is not validated' AS finding
FROM relation AS r
INNER JOIN pg_constraint AS k ON r.oid = k.conrelid
WHERE NOT k.convalidated
UNION ALL
SELECT r.name || ': the trigger ' || t.tgname || ' is switched off' AS finding
FROM relation AS r
INNER JOIN pg_trigger AS t ON r.oid = t.tgrelid
WHERE t.tgenabled <> 'O'
ORDER BY finding
