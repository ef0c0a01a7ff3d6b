-- The watermark stays at the oldest row that a committed batch left in quarantine; neither of the two goes back.
INSERT INTO ops.extract_watermarks AS w (dataset, watermark, read_to, batch_id)
VALUES (
    %(dataset)s,
    least(
        %(watermark)s,
        (
            SELECT min(q.version) FROM ops.quarantine AS q
            WHERE q.dataset = %(dataset)s AND q.released_at IS NULL AND q.holds
        )
    ),
    %(watermark)s,
    %(batch_id)s
)
ON CONFLICT (dataset) DO UPDATE
    SET
        watermark = greatest(w.watermark, excluded.watermark),
        read_to = greatest(w.read_to, excluded.read_to),
        batch_id = excluded.batch_id,
        updated_at = now()
    WHERE w.watermark < excluded.watermark OR w.read_to < excluded.read_to
