-- Is every scratch schema that of a delivery's current attempt? The janitor drops what a crash left behind.
WITH scratch AS (
    SELECT
        n.nspname AS name,
        m.parts[1]::bigint AS delivery_id,
        m.parts[2]::integer AS attempt
    FROM pg_namespace AS n
    CROSS JOIN LATERAL regexp_match(n.nspname, '^proc_([0-9]{1,18})_([0-9]{1,9})$') AS m (parts)
    WHERE m.parts IS NOT NULL
)

SELECT
    'schema ' || s.name || ': '
    || CASE
        WHEN d.delivery_id IS NULL THEN 'there is no delivery ' || s.delivery_id
        WHEN d.state <> 'running' THEN 'delivery ' || s.delivery_id || ' is ' || d.state
        ELSE 'delivery ' || s.delivery_id || ' is at attempt ' || d.attempt
    END
    || '; drop it' AS finding
FROM scratch AS s
LEFT JOIN ops.deliveries AS d ON s.delivery_id = d.delivery_id
WHERE d.delivery_id IS NULL OR d.state <> 'running' OR d.attempt <> s.attempt
ORDER BY finding
