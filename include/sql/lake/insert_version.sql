INSERT INTO ops.lake_versions (dataset, version, delivery_id, type, content_sha256, metadata, recipe, created_at)
SELECT
    %(dataset)s,
    coalesce(max(v.version), 0) + 1,
    %(delivery_id)s,
    %(type)s,
    %(content_sha256)s,
    %(metadata)s,
    %(recipe)s,
    clock_timestamp()
FROM ops.lake_versions AS v
WHERE v.dataset = %(dataset)s
RETURNING version
