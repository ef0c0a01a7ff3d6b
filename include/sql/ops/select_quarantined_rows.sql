SELECT
    dataset,
    batch_id,
    object_key,
    line_no,
    column_name,
    reason,
    raw
FROM ops.quarantine
WHERE dataset = %(dataset)s AND batch_id = coalesce(%(batch_id)s, batch_id)
ORDER BY batch_id, row_no
