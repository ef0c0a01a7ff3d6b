SELECT
    count(DISTINCT v.dataset || '/v' || v.version) AS versions,
    count(*) AS objects,
    coalesce(sum(a.bytes), 0)::bigint AS bytes
FROM ops.lake_assets AS a
INNER JOIN ops.lake_versions AS v ON a.dataset = v.dataset AND a.version = v.version
WHERE v.state = 'published' AND (%(dataset)s::text IS NULL OR a.dataset = %(dataset)s)
