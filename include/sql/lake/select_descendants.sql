WITH RECURSIVE step AS (
    SELECT
        1 AS depth,
        l.kind,
        l.name,
        l.parent_kind,
        l.parent,
        l.made_at
    FROM ops.v_lineage AS l
    WHERE l.parent = %(name)s
    UNION
    SELECT
        s.depth + 1 AS depth,
        l.kind,
        l.name,
        l.parent_kind,
        l.parent,
        l.made_at
    FROM step AS s
    INNER JOIN ops.v_lineage AS l ON s.name = l.parent AND s.kind = l.parent_kind
    WHERE s.depth < 50
)

SELECT
    min(s.depth) AS depth,
    s.kind,
    s.name,
    s.parent_kind,
    s.parent,
    s.made_at
FROM step AS s
GROUP BY s.kind, s.name, s.parent_kind, s.parent, s.made_at
ORDER BY depth ASC, s.made_at DESC NULLS FIRST, s.name ASC, s.parent ASC
LIMIT %(most)s
