SELECT
    v.dataset,
    v.version
FROM ops.lake_versions AS v
WHERE
    v.state = 'published'
    AND (%(dataset)s::text IS NULL OR v.dataset = %(dataset)s)
    AND NOT EXISTS (
        SELECT FROM ops.lake_assets AS a
        WHERE a.dataset = v.dataset AND a.version = v.version AND a.role = 'data'
    )
ORDER BY v.dataset, v.version
