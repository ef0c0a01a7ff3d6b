-- Whether core holds a younger batch of the dataset: then this one must not overwrite it. Bounds have whole seconds, so
-- of two with the same bound the later number is the younger.
SELECT
    exists(
        SELECT
        FROM ops.load_batches AS own
        INNER JOIN ops.load_batches AS other ON own.dataset = other.dataset
        WHERE
            own.batch_id = %(batch_id)s
            AND other.state IN ('merged', 'archived')
            AND (other.window_high, coalesce(other.replay_of, other.batch_id))
            > (own.window_high, coalesce(own.replay_of, own.batch_id))
    ) AS superseded
