-- For each input how many batches have changed core, and how many of them the mart has seen. A count, for batches may
-- be committed in another order than they were opened in.
SELECT
    m.mart,
    coalesce(
        jsonb_object_agg(i.input, i.changes) FILTER (WHERE i.changes > 0), '{}'::jsonb
    ) AS input_changes,
    (
        SELECT r.input_changes FROM ops.mart_refreshes AS r
        WHERE r.mart = m.mart
    ) AS seen_changes
FROM ops.marts AS m
CROSS JOIN
    LATERAL (
        SELECT
            n.input,
            (
                SELECT count(*) FROM ops.run_log AS l
                WHERE l.dataset = n.input AND l.inserted + l.updated + l.deleted + l.absent > 0
            ) AS changes
        FROM unnest(m.inputs) AS n (input)
    ) AS i
WHERE m.mart = any(%(marts)s)
GROUP BY m.mart
ORDER BY m.mart
