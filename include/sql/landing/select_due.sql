SELECT
    d.delivery_id,
    clock_timestamp() AS now,
    (
        SELECT max(a.at) FROM ops.activity AS a
        WHERE a.delivery_id = d.delivery_id AND a.action = 'announced' AND a.actor <> %(actor)s
    ) AS announced_at
FROM ops.deliveries AS d
WHERE
    d.settled_at IS NULL
    AND (%(dataset)s::text IS NULL OR d.dataset = %(dataset)s)
    AND (
        d.state NOT IN ('registered', 'running')
        OR NOT EXISTS (
            SELECT 1 FROM ops.deliveries AS e
            WHERE
                e.dataset = d.dataset
                AND e.delivery_id < d.delivery_id
                AND e.state IN ('registered', 'running')
        )
    )
ORDER BY d.delivery_id
