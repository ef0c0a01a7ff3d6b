SELECT
    dataset,
    batch_id,
    column_name,
    reason,
    count(*) AS row_count,
    count(*) FILTER (WHERE released_at IS NULL) AS open_rows,
    max(created_at) AS last_seen
FROM ops.quarantine
WHERE
    dataset = coalesce(%(dataset)s, dataset)
    AND batch_id = coalesce(%(batch_id)s, batch_id)
    AND (%(every)s OR released_at IS NULL)
GROUP BY dataset, batch_id, column_name, reason
ORDER BY batch_id DESC, row_count DESC
