-- Evidence that nobody signed and that is not of the newest committed batch of its dataset.
SELECT
    b.batch_id,
    b.dataset,
    b.evidence_prefix
FROM ops.load_batches AS b
WHERE
    b.evidence_prefix IS NOT NULL
    AND b.created_at < now() - %(keep)s
    AND NOT EXISTS (
        SELECT FROM ops.qa_signoffs AS s
        WHERE s.batch_id = b.batch_id
    )
    AND NOT EXISTS (
        SELECT FROM ops.signoff_requests AS r
        WHERE r.batch_id = b.batch_id AND r.closed_at IS NULL
    )
    AND b.batch_id < (
        SELECT max(l.batch_id) FROM ops.run_log AS l
        WHERE l.dataset = b.dataset
    )
ORDER BY b.batch_id
