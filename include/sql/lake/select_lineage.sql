-- Step by step from one thing to the next: each step is met at one of its ends and left at the other.
WITH RECURSIVE step AS (
    SELECT
        1 AS depth,
        l.kind,
        l.name,
        l.parent_kind,
        l.parent,
        l.made_at
    FROM ops.v_lineage AS l
    WHERE l.{{ met[0] | ident }} = %(name)s
    UNION
    SELECT
        s.depth + 1 AS depth,
        l.kind,
        l.name,
        l.parent_kind,
        l.parent,
        l.made_at
    FROM step AS s
    INNER JOIN ops.v_lineage AS l
        ON s.{{ left[0] | ident }} = l.{{ met[0] | ident }} AND s.{{ left[1] | ident }} = l.{{ met[1] | ident }}
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
