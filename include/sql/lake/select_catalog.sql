SELECT
    v.dataset,
    v.version,
    v.type,
    v.metadata,
    v.created_at,
    v.recipe ->> 'title' AS recipe_title,
    coalesce(a.assets, '[]') AS assets,
    a.geometry,
    coalesce(p.parents, '[]') AS parents
FROM ops.lake_versions AS v
LEFT JOIN LATERAL (
    SELECT
        jsonb_agg(to_jsonb(f) - 'footprint' ORDER BY f.name) AS assets,
        st_asgeojson(st_multi(st_union(f.footprint)), 7)::jsonb AS geometry
    FROM ops.lake_assets AS f
    WHERE f.dataset = v.dataset AND f.version = v.version
) AS a ON TRUE
LEFT JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('dataset', l.parent_dataset, 'version', l.parent_version)) AS parents
    FROM ops.lake_lineage AS l
    WHERE l.dataset = v.dataset AND l.version = v.version AND l.parent_dataset IS NOT NULL
) AS p ON TRUE
WHERE v.dataset = %(dataset)s AND v.state = 'published'
ORDER BY v.version
