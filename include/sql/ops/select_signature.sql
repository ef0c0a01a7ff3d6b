-- The signature under the very evidence that the batch has now, if there is one.
SELECT s.decided_by
FROM ops.qa_signoffs AS s
WHERE s.batch_id = %(batch_id)s AND s.evidence_sha256 = %(evidence_sha256)s AND s.decision = 'approved'
