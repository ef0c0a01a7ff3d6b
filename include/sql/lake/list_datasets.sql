SELECT
    v.dataset,
    v.metadata ->> 'title' AS title,
    v.type,
    v.version,
    a.rows,
    a.bytes,
    a.crs,
    v.published_at
FROM ops.lake_versions AS v
LEFT JOIN LATERAL (
    SELECT
        sum(f.feature_count)::bigint AS rows,
        sum(f.bytes)::bigint AS bytes,
        string_agg(DISTINCT f.crs, ', ') AS crs
    FROM ops.lake_assets AS f
    WHERE f.dataset = v.dataset AND f.version = v.version AND f.role = 'data'
) AS a ON TRUE
WHERE
    v.state = 'published'
    AND NOT EXISTS (
        SELECT FROM ops.lake_versions AS n
        WHERE n.dataset = v.dataset AND n.state = 'published' AND n.version > v.version
    )
ORDER BY v.dataset
