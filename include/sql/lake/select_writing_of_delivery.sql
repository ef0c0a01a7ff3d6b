SELECT
    v.dataset,
    v.version
FROM ops.lake_versions AS v
WHERE v.delivery_id = %(delivery_id)s AND v.state = 'writing'
