SELECT
    a.name,
    a.key,
    a.role,
    a.media_type,
    a.bytes,
    a.sha256,
    a.content_sha256,
    a.feature_count,
    a.crs,
    a.bbox,
    a.columns,
    a.facts
FROM ops.lake_assets AS a
WHERE a.dataset = %(dataset)s AND a.version = %(version)s
ORDER BY a.name
