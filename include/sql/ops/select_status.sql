SELECT
    l.dataset,
    l.batch_id,
    l.inserted,
    l.updated,
    l.unchanged,
    l.deleted + l.absent AS deleted,
    l.quarantined,
    (
        SELECT count(*) FROM ops.quarantine AS q
        WHERE q.dataset = l.dataset AND q.released_at IS NULL
    ) AS open_in_quarantine,
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
