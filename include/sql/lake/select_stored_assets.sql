SELECT
    a.key,
    a.bytes,
    a.sha256
FROM ops.lake_assets AS a
INNER JOIN ops.lake_versions AS v ON a.dataset = v.dataset AND a.version = v.version
WHERE
    v.state = 'published'
    AND (%(dataset)s::text IS NULL OR a.dataset = %(dataset)s)
    AND a.key > %(after)s
ORDER BY a.key
LIMIT 1000
