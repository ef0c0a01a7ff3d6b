SELECT
    v.*,
    v.recipe ->> 'name' AS recipe_name
FROM ops.lake_versions AS v
WHERE
    v.dataset = %(dataset)s
    AND v.state = 'published'
    AND (%(version)s::integer IS NULL OR v.version = %(version)s)
ORDER BY v.version DESC
LIMIT 1
