SELECT
    decision,
    decided_by,
    decided_by_name,
    decided_at,
    comment,
    suite_sha256,
    evidence_url,
    evidence_sha256
FROM ops.qa_signoffs
WHERE batch_id = %(batch_id)s
ORDER BY signoff_id DESC
