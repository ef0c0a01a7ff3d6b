SELECT
    v.dataset,
    v.version,
    v.delivery_id,
    d.state
FROM ops.lake_versions AS v
INNER JOIN ops.deliveries AS d ON v.delivery_id = d.delivery_id
WHERE
    v.state = 'writing'
    AND d.state <> 'running'
    AND (%(dataset)s::text IS NULL OR v.dataset = %(dataset)s)
ORDER BY v.dataset, v.version
