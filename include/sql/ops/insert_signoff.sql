INSERT INTO ops.qa_signoffs (
    request_id, batch_id, dataset, decision, decided_by, decided_by_name, decided_at, comment,
    suite_sha256, evidence_url, evidence_sha256
)
SELECT
    %(request_id)s,
    b.batch_id,
    b.dataset,
    %(decision)s,
    %(decided_by)s,
    %(decided_by_name)s,
    %(decided_at)s,
    %(comment)s,
    b.suite_sha256,
    b.docs_url,
    b.evidence_sha256
FROM ops.load_batches AS b
WHERE b.batch_id = %(batch_id)s
