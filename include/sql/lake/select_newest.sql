-- The newest published version of a dataset of the lake and its Parquet files, at one moment of the ledger's clock.
SELECT
    clock_timestamp() AS found_at,
    v.version,
    v.published_at,
    a.name,
    a.key,
    a.sha256,
    a.feature_count
FROM ops.lake_versions AS v
INNER JOIN ops.lake_assets AS a
    ON v.dataset = a.dataset AND v.version = a.version AND a.role = 'data' AND a.media_type = %(media_type)s
WHERE
    v.dataset = %(dataset)s
    AND v.state = 'published'
    AND v.version = (
        SELECT max(n.version) FROM ops.lake_versions AS n
        WHERE n.dataset = %(dataset)s AND n.state = 'published'
    )
ORDER BY a.name;
