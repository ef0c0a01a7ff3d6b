WITH doomed AS (
    SELECT
        v.dataset,
        v.version
    FROM ops.lake_versions AS v
    WHERE v.delivery_id = %(delivery_id)s AND v.state = 'writing'
),

assets AS (
    DELETE FROM ops.lake_assets AS a
    USING doomed AS d
    WHERE a.dataset = d.dataset AND a.version = d.version
),

parents AS (
    DELETE FROM ops.lake_lineage AS l
    USING doomed AS d
    WHERE l.dataset = d.dataset AND l.version = d.version
)

DELETE FROM ops.lake_versions AS v
WHERE v.delivery_id = %(delivery_id)s AND v.state = 'writing'
