-- Whether core holds a batch of the dataset whose bound is later: then this one must not overwrite it.
SELECT
    exists(
        SELECT FROM ops.load_batches
        WHERE
            dataset = %(dataset)s
            AND state IN ('merged', 'archived')
            AND (window_high, batch_id) > (%(bound)s, %(batch_id)s)
    ) AS superseded
