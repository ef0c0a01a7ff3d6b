SELECT
    r.dataset,
    r.batch_id,
    coalesce(s.decision, CASE WHEN r.closed_at IS NULL THEN 'waiting' ELSE 'asked again' END) AS decision,
    s.decided_by,
    s.decided_at,
    s.comment,
    r.reason,
    r.asked_at,
    r.expires_at,
    left(r.evidence_sha256, 12) AS evidence
FROM ops.signoff_requests AS r
LEFT JOIN ops.qa_signoffs AS s ON r.request_id = s.request_id
WHERE %(dataset)s::text IS NULL OR r.dataset = %(dataset)s
ORDER BY r.request_id DESC
LIMIT 200
