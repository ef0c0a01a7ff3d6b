SELECT
    b.batch_id,
    b.kind,
    b.state,
    b.created_at,
    b.airflow_run_id,
    b.extracted,
    b.staged,
    b.quarantined,
    b.expectations,
    b.failed_expectations,
    b.evidence_prefix,
    l.inserted,
    l.updated,
    l.unchanged,
    l.stale,
    l.duplicate,
    l.deleted,
    l.absent,
    l.finished_at,
    s.decision,
    s.decided_by
FROM ops.load_batches AS b
LEFT JOIN ops.run_log AS l ON b.batch_id = l.batch_id
LEFT JOIN LATERAL (
    SELECT
        q.decision,
        q.decided_by
    FROM ops.qa_signoffs AS q
    WHERE q.batch_id = b.batch_id
    ORDER BY q.signoff_id DESC
    LIMIT 1
) AS s ON TRUE
WHERE b.dataset = %(dataset)s AND (%(before)s::bigint IS NULL OR b.batch_id < %(before)s)
ORDER BY b.batch_id DESC
LIMIT %(most)s
