-- What the warehouse knows of each dataset's way from its table to its last load.
SELECT
    d.dataset,
    c.recorded_at AS table_made,
    b.first_opened,
    l.first_loaded,
    l.last_loaded,
    l.rows_inserted,
    now() - l.last_loaded > make_interval(hours => d.sla_hours) AS is_late,
    q.in_quarantine,
    r.batch_id AS waiting_batch_id,
    n.batch_id AS last_batch_id,
    n.state AS last_state,
    n.created_at AS last_opened
FROM ops.datasets AS d
LEFT JOIN ops.migration_checksums AS c ON c.migration ~ ('^[0-9]{3}_create_' || d.core_table || '$')
LEFT JOIN LATERAL (
    SELECT min(o.created_at) AS first_opened FROM ops.load_batches AS o
    WHERE o.dataset = d.dataset
) AS b ON TRUE
LEFT JOIN LATERAL (
    SELECT
        min(g.finished_at) AS first_loaded,
        max(g.finished_at) AS last_loaded,
        sum(g.inserted) AS rows_inserted
    FROM ops.run_log AS g
    WHERE g.dataset = d.dataset
) AS l ON TRUE
LEFT JOIN LATERAL (
    SELECT count(*) AS in_quarantine FROM ops.quarantine AS u
    WHERE u.dataset = d.dataset AND u.released_at IS NULL
) AS q ON TRUE
LEFT JOIN ops.signoff_requests AS r ON d.dataset = r.dataset AND r.closed_at IS NULL
LEFT JOIN LATERAL (
    SELECT
        m.batch_id,
        m.state,
        m.created_at
    FROM ops.load_batches AS m
    WHERE m.dataset = d.dataset
    ORDER BY m.batch_id DESC
    LIMIT 1
) AS n ON TRUE
ORDER BY d.dataset
