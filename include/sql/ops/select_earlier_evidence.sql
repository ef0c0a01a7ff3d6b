SELECT b.evidence_prefix
FROM ops.load_batches AS b
INNER JOIN ops.run_log AS l ON b.batch_id = l.batch_id
WHERE b.dataset = %(dataset)s AND b.evidence_prefix IS NOT NULL
ORDER BY b.batch_id DESC
LIMIT %(most)s
