INSERT INTO ops.signoff_requests (
    batch_id, dataset, airflow_run_id, reason, evidence_sha256, reviewers, expires_at, remind_every
)
VALUES (
    %(batch_id)s,
    %(dataset)s,
    %(run_id)s,
    %(reason)s,
    %(evidence_sha256)s,
    %(reviewers)s,
    now() + %(patience)s,
    %(remind_every)s
)
RETURNING request_id
