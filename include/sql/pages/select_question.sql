SELECT
    request_id,
    airflow_run_id,
    reason,
    evidence_sha256,
    reviewers,
    asked_at,
    expires_at
FROM ops.signoff_requests
WHERE batch_id = %(batch_id)s AND closed_at IS NULL
