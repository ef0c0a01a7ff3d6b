-- What earlier regular batches of the same kind of read brought, newest first. A full read has no window to scale by.
SELECT
    l.extracted,
    coalesce(
        extract(EPOCH FROM own.window_high - own.window_low)
        / extract(EPOCH FROM b.window_high - b.window_low), 1
    )::double precision AS window_ratio,
    extract(ISODOW FROM b.window_high AT TIME ZONE %(timezone)s)
    = extract(ISODOW FROM own.window_high AT TIME ZONE %(timezone)s) AS same_weekday
FROM ops.load_batches AS own
INNER JOIN ops.load_batches AS b ON own.dataset = b.dataset
INNER JOIN ops.run_log AS l ON b.batch_id = l.batch_id
WHERE
    own.batch_id = %(batch_id)s
    AND b.batch_id <> own.batch_id
    AND b.kind = 'regular'
    AND (b.window_low IS NULL) = (own.window_low IS NULL)
ORDER BY b.window_high DESC, b.batch_id DESC
LIMIT 100
