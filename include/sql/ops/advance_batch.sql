UPDATE ops.load_batches
SET
    state = %(state)s,
    manifest_key = coalesce(%(manifest_key)s, manifest_key),
    extracted = coalesce(%(extracted)s, extracted),
    staged = coalesce(%(staged)s, staged),
    quarantined = coalesce(%(quarantined)s, quarantined),
    failed_expectations = coalesce(%(failed_expectations)s, failed_expectations),
    docs_url = coalesce(%(docs_url)s, docs_url),
    updated_at = now()
WHERE batch_id = %(batch_id)s
