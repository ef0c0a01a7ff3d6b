SELECT
    b.*,
    l.inserted,
    l.updated,
    l.unchanged,
    l.stale,
    l.duplicate,
    l.deleted,
    l.absent,
    l.watermark,
    l.finished_at
FROM ops.load_batches AS b
LEFT JOIN ops.run_log AS l ON b.batch_id = l.batch_id
WHERE b.dataset = %(dataset)s AND b.batch_id = %(batch_id)s
