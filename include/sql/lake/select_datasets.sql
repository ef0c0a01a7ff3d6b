SELECT
    v.dataset,
    (array_agg(v.metadata ->> 'title' ORDER BY v.version DESC))[1] AS title
FROM ops.lake_versions AS v
WHERE v.state = 'published'
GROUP BY v.dataset
ORDER BY v.dataset
