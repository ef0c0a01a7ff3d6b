-- A version that is being written may have some of its objects. What the catalog's documents say is compared elsewhere.
WITH expected AS (
    SELECT
        a.key,
        a.bytes,
        v.state = 'published' AS required
    FROM ops.lake_assets AS a
    INNER JOIN ops.lake_versions AS v ON a.dataset = v.dataset AND a.version = v.version
    WHERE %(dataset)s::text IS NULL OR a.dataset = %(dataset)s
    UNION ALL
    SELECT
        v.dataset || '/v' || v.version || '/item.json' AS key,
        NULL AS bytes,
        FALSE AS required
    FROM ops.lake_versions AS v
    WHERE v.state = 'published' AND (%(dataset)s::text IS NULL OR v.dataset = %(dataset)s)
    UNION ALL
    SELECT DISTINCT
        v.dataset || '/collection.json' AS key,
        NULL::bigint AS bytes,
        FALSE AS required
    FROM ops.lake_versions AS v
    WHERE v.state = 'published' AND (%(dataset)s::text IS NULL OR v.dataset = %(dataset)s)
    UNION ALL
    SELECT
        'catalog.json' AS key,
        NULL AS bytes,
        FALSE AS required
    WHERE %(dataset)s::text IS NULL
)

SELECT
    coalesce(e.key, l.key) AS key,
    e.key IS NOT NULL AS recorded,
    e.bytes
FROM expected AS e
FULL JOIN lake_listing AS l ON e.key = l.key
WHERE e.key IS NULL OR (e.required AND (l.key IS NULL OR l.bytes <> e.bytes))
ORDER BY 1
