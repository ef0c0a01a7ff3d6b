-- An entry is released once a younger committed batch has read its row again: then the row is in core, or an entry of
-- that batch. This may be the younger batch's own commit or, where an older one is committed late, the older one's.
-- A replay releases what the batch it replays had left behind.
-- noqa: disable=RF01
UPDATE ops.quarantine AS q
SET
    released_at = now(),
    released_by = own.batch_id,
    released_reason = CASE WHEN q.batch_id = own.batch_id THEN 'overtaken' ELSE 'read again' END
FROM ops.load_batches AS own, ops.load_batches AS other
WHERE
    own.batch_id = %(batch_id)s
    AND other.batch_id = q.batch_id
    AND q.dataset = own.dataset
    AND q.released_at IS NULL
    AND CASE
        WHEN own.kind = 'replay' AND q.batch_id = own.batch_id
            THEN NOT EXISTS (
                SELECT FROM ops.quarantine AS o
                INNER JOIN ops.load_batches AS b ON o.batch_id = b.batch_id
                WHERE
                    coalesce(b.replay_of, b.batch_id) = own.replay_of
                    AND b.batch_id <> own.batch_id
                    AND o.row_no = q.row_no
                    AND o.released_at IS NULL
            )
        WHEN own.kind = 'replay'
            THEN coalesce(other.replay_of, other.batch_id) = own.replay_of
        WHEN q.batch_id = own.batch_id
            THEN EXISTS (
                SELECT FROM ops.load_batches AS y
                WHERE
                    y.dataset = own.dataset
                    AND y.state IN ('merged', 'archived')
                    AND y.kind <> 'backfill'
                    AND (y.read_at, coalesce(y.replay_of, y.batch_id)) > (own.read_at, own.batch_id)
                    AND (y.window_low IS NULL OR q.version BETWEEN y.window_low AND y.window_high)
            )
        ELSE
            (other.read_at, coalesce(other.replay_of, other.batch_id)) < (own.read_at, own.batch_id)
            AND (own.kind <> 'backfill' OR q.natural_key IS NOT NULL)
            AND (
                own.window_low IS NULL
                OR q.version BETWEEN own.window_low AND own.window_high
                OR q.quarantine_id = any(own.asked_for)
            )
    END
