SELECT
    d.delivery_id,
    d.dataset,
    d.version,
    d.state
FROM ops.deliveries AS d
LEFT JOIN ops.lake_versions AS v
    ON
        d.dataset = v.dataset
        AND d.version = v.version
        AND v.state = 'published'
        AND (d.state = 'unchanged' OR d.delivery_id = v.delivery_id)
WHERE
    d.state IN ('published', 'unchanged')
    AND v.dataset IS NULL
    AND (%(dataset)s::text IS NULL OR d.dataset = %(dataset)s)
ORDER BY d.delivery_id
