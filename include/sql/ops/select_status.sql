SELECT
    l.dataset,
    l.batch_id,
    l.inserted,
    l.updated,
    l.unchanged,
    l.deleted + l.absent AS deleted,
    l.quarantined,
    l.failed_expectations,
    l.finished_at,
    w.watermark,
    (
        SELECT b.state FROM ops.load_batches AS b
        WHERE b.dataset = l.dataset
        ORDER BY b.batch_id DESC LIMIT 1
    ) AS last_state
FROM ops.run_log AS l
LEFT JOIN ops.extract_watermarks AS w ON l.dataset = w.dataset
WHERE
    l.batch_id IN (
        SELECT max(m.batch_id) FROM ops.run_log AS m
        GROUP BY m.dataset
    )
ORDER BY l.dataset
