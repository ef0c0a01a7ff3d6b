-- For each input the last batch that changed core, and whether the mart has seen it.
SELECT
    m.mart,
    coalesce(
        jsonb_object_agg(i.input, i.batch_id) FILTER (WHERE i.batch_id IS NOT NULL), '{}'::jsonb
    ) AS input_batches,
    (
        SELECT r.input_batches FROM ops.mart_refreshes AS r
        WHERE r.mart = m.mart
    ) AS seen_batches
FROM ops.marts AS m
CROSS JOIN
    LATERAL (
        SELECT
            n.input,
            (
                SELECT max(l.batch_id) FROM ops.run_log AS l
                WHERE l.dataset = n.input AND l.inserted + l.updated + l.deleted + l.absent > 0
            ) AS batch_id
        FROM unnest(m.inputs) AS n (input)
    ) AS i
WHERE m.mart = any(%(marts)s)
GROUP BY m.mart
ORDER BY m.mart
