SELECT
    request_id,
    evidence_sha256,
    reviewers
FROM ops.signoff_requests
WHERE batch_id = %(batch_id)s AND airflow_run_id = %(run_id)s AND closed_at IS NULL
FOR UPDATE
