SELECT
    dataset,
    field,
    kind,
    first_batch_id AS first_batch,
    last_batch_id AS last_batch,
    first_seen_at AS first_seen,
    last_seen_at AS last_seen
FROM ops.schema_drift
WHERE dataset = coalesce(%(dataset)s, dataset)
ORDER BY dataset ASC, last_batch DESC, field ASC
