SELECT
    request_id,
    dataset,
    batch_id,
    reviewers,
    reason,
    expires_at
FROM ops.signoff_requests
WHERE closed_at IS NULL AND noticed_at + remind_every < now()
ORDER BY request_id
