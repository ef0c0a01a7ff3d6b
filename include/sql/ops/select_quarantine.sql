SELECT
    dataset,
    batch_id,
    column_name,
    reason,
    count(*) AS row_count,
    max(created_at) AS last_seen
FROM ops.quarantine
WHERE dataset = coalesce(%(dataset)s, dataset) AND batch_id = coalesce(%(batch_id)s, batch_id)
GROUP BY dataset, batch_id, column_name, reason
ORDER BY batch_id DESC, row_count DESC
