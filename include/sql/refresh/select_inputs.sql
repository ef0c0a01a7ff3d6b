-- How often each input has changed, and how often the mart has seen it change: batches of a dataset that changed core,
-- refreshes of a mart. Counts, for batches may be committed in another order than they were opened in. A plain view
-- stands for what it reads.
WITH RECURSIVE read AS (
    SELECT n.input
    FROM ops.marts AS m
    CROSS JOIN LATERAL unnest(m.inputs) AS n (input)
    WHERE m.mart = %(mart)s
    UNION
    SELECT n.input
    FROM read AS r
    INNER JOIN ops.marts AS v ON r.input = v.mart AND v.kind = 'view'
    CROSS JOIN LATERAL unnest(v.inputs) AS n (input)
),

changed AS (
    SELECT
        r.input,
        coalesce(
            (
                SELECT f.refreshes FROM ops.mart_refreshes AS f
                WHERE f.mart = r.input
            ),
            (
                SELECT count(*) FROM ops.run_log AS l
                WHERE l.dataset = r.input AND l.inserted + l.updated + l.deleted + l.absent > 0
            )
        ) AS changes
    FROM read AS r
)

SELECT
    coalesce(
        (SELECT jsonb_object_agg(c.input, c.changes) FILTER (WHERE c.changes > 0) FROM changed AS c), '{}'::jsonb
    ) AS input_changes,
    (
        SELECT f.input_changes FROM ops.mart_refreshes AS f
        WHERE f.mart = m.mart
    ) AS seen_changes,
    (
        SELECT coalesce(array_agg(d.core_table), '{}') FROM changed AS c
        INNER JOIN ops.datasets AS d ON c.input = d.dataset
    ) AS tables
FROM ops.marts AS m
WHERE m.mart = %(mart)s
