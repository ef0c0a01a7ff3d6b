UPDATE ops.load_batches
SET
    state = %(state)s,
    expectations = %(expectations)s,
    failed_expectations = %(failed_expectations)s,
    docs_url = %(docs_url)s,
    suite_sha256 = %(suite_sha256)s,
    evidence_prefix = %(evidence_prefix)s,
    evidence_sha256 = %(evidence_sha256)s,
    signoff_reason = %(signoff_reason)s,
    updated_at = now()
WHERE batch_id = %(batch_id)s
