-- Only the running attempt of a delivery has a schema: attempts are counted up before one is made.
SELECT s.nspname AS schema_name
FROM pg_namespace AS s
LEFT JOIN
    ops.deliveries AS d
    ON
        s.nspname = 'proc_' || d.delivery_id || '_' || d.attempt
        AND d.state = 'running'
WHERE s.nspname ~ '^proc_[0-9]+_[0-9]+$' AND pg_has_role(s.nspowner, 'USAGE') AND d.delivery_id IS NULL
ORDER BY s.nspname
