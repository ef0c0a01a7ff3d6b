SELECT
    v.version,
    f.name AS file,
    f.feature_count AS rows,
    f.bytes,
    f.crs,
    v.recipe ->> 'name' AS recipe,
    d.batch_id AS delivery,
    d.uploader,
    v.published_at
FROM ops.lake_versions AS v
INNER JOIN ops.lake_assets AS f ON v.dataset = f.dataset AND v.version = f.version
INNER JOIN ops.deliveries AS d ON v.delivery_id = d.delivery_id
WHERE v.dataset = %(dataset)s AND v.state = 'published'
ORDER BY v.version DESC, f.name ASC
