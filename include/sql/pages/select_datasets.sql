-- One row a dataset, each fact by an index: the cost follows the datasets, not the batches.
SELECT
    d.dataset,
    d.dag_id,
    d.core_table,
    d.title,
    d.owner,
    d.sla_hours,
    d.signoff_policy,
    l.batch_id AS loaded_batch_id,
    l.finished_at AS loaded_at,
    now() - l.finished_at > make_interval(hours => d.sla_hours) AS is_late,
    l.inserted,
    l.updated,
    l.deleted,
    b.batch_id AS last_batch_id,
    b.state AS last_state,
    b.created_at AS last_created_at,
    w.watermark,
    now() - w.watermark AS watermark_lag,
    q.in_quarantine,
    r.batch_id AS waiting_batch_id,
    r.reason AS waiting_reason,
    r.expires_at AS waiting_until
FROM ops.datasets AS d
LEFT JOIN LATERAL (
    SELECT
        g.batch_id,
        g.finished_at,
        g.inserted,
        g.updated,
        g.deleted + g.absent AS deleted
    FROM ops.run_log AS g
    INNER JOIN ops.load_batches AS k ON g.batch_id = k.batch_id
    WHERE g.dataset = d.dataset AND k.kind IN ('regular', 'reseed')
    ORDER BY g.batch_id DESC
    LIMIT 1
) AS l ON TRUE
LEFT JOIN LATERAL (
    SELECT
        n.batch_id,
        n.state,
        n.created_at
    FROM ops.load_batches AS n
    WHERE n.dataset = d.dataset
    ORDER BY n.batch_id DESC
    LIMIT 1
) AS b ON TRUE
LEFT JOIN LATERAL (
    SELECT count(*) AS in_quarantine
    FROM ops.quarantine AS o
    WHERE o.dataset = d.dataset AND o.released_at IS NULL
) AS q ON TRUE
LEFT JOIN LATERAL (
    SELECT
        s.batch_id,
        s.reason,
        s.expires_at
    FROM ops.signoff_requests AS s
    WHERE s.dataset = d.dataset AND s.closed_at IS NULL
    ORDER BY s.request_id DESC
    LIMIT 1
) AS r ON TRUE
LEFT JOIN ops.extract_watermarks AS w ON d.dataset = w.dataset
WHERE %(dataset)s::text IS NULL OR d.dataset = %(dataset)s
ORDER BY d.title
