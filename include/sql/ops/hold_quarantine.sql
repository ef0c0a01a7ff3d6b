-- The rows that a committed batch leaves behind hold the watermark. A replay's do so where the original's still do. A
-- backfill is no part of the chain of windows: its rows hold where they held before it read them again.
-- noqa: disable=RF01
UPDATE ops.quarantine AS q
SET holds = TRUE
FROM ops.load_batches AS own
WHERE
    own.batch_id = %(batch_id)s
    AND q.batch_id = own.batch_id
    AND (
        own.kind IN ('regular', 'reseed')
        OR EXISTS (
            SELECT FROM ops.quarantine AS o
            INNER JOIN ops.load_batches AS b ON o.batch_id = b.batch_id
            WHERE
                coalesce(b.replay_of, b.batch_id) = own.replay_of
                AND b.batch_id <> own.batch_id
                AND o.row_no = q.row_no
                AND o.holds
                AND o.released_at IS NULL
        )
        OR (
            own.kind = 'backfill'
            AND EXISTS (
                SELECT FROM ops.quarantine AS o
                WHERE
                    o.dataset = q.dataset
                    AND o.batch_id <> own.batch_id
                    AND o.natural_key = q.natural_key
                    AND o.holds
                    AND o.released_at IS NULL
            )
        )
    )
