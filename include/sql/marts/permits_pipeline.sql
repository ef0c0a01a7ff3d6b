-- inputs: permits, well-headers
-- unique: month, operator
-- column month: First day of the month
-- column operator: Enverus operator
-- column submitted: Permits submitted in the month
-- column approved: Permits approved in the month
-- column spudded: Permitted wells spudded in the month
-- column median_days_to_approval: Median time from submission to approval, of those approved in the month [DAY]
-- Permits submitted and approved, and wells spudded, per month and operator; a well with many permits is spudded once.
WITH live AS (
    SELECT
        well_id,
        submitted_date,
        approved_date,
        coalesce(env_operator, 'unknown') AS operator
    FROM core.permits
    WHERE deleted_at IS NULL
),

first_of_well AS (
    SELECT DISTINCT ON (well_id)
        well_id,
        operator
    FROM live
    WHERE well_id IS NOT NULL
    ORDER BY well_id ASC, submitted_date ASC NULLS LAST, operator ASC
),

events AS (
    SELECT
        operator,
        'submitted' AS stage,
        submitted_date AS happened,
        NULL::double precision AS days_to_approval
    FROM live
    UNION ALL
    SELECT
        operator,
        'approved',
        approved_date,
        extract(EPOCH FROM approved_date - submitted_date) / 86400
    FROM live
    UNION ALL
    SELECT
        f.operator,
        'spudded',
        w.spud_date,
        NULL
    FROM first_of_well AS f
    INNER JOIN core.well_headers AS w ON f.well_id = w.well_id
    WHERE w.deleted_at IS NULL
)

SELECT
    date_trunc('month', happened)::date AS month,
    operator,
    count(*) FILTER (WHERE stage = 'submitted') AS submitted,
    count(*) FILTER (WHERE stage = 'approved') AS approved,
    count(*) FILTER (WHERE stage = 'spudded') AS spudded,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_approval))::numeric, 0) AS median_days_to_approval
FROM events
WHERE isfinite(happened)
GROUP BY month, operator;
