-- Whether core holds a batch that read the source later: then this one must not overwrite it. The source's clock has
-- whole seconds, so of two that began to read in the same one the later number is the younger.
SELECT
    exists(
        SELECT
        FROM ops.load_batches AS own
        INNER JOIN ops.load_batches AS other ON own.dataset = other.dataset
        WHERE
            own.batch_id = %(batch_id)s
            AND other.state IN ('merged', 'archived')
            AND (other.read_at, coalesce(other.replay_of, other.batch_id))
            > (own.read_at, coalesce(own.replay_of, own.batch_id))
    ) AS superseded
