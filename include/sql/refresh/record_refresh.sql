INSERT INTO ops.mart_refreshes AS r (mart, input_batches, row_count, seconds)
VALUES (%(mart)s, %(input_batches)s, %(row_count)s, %(seconds)s)
ON CONFLICT (mart) DO UPDATE
    SET
        input_batches = excluded.input_batches,
        row_count = excluded.row_count,
        seconds = excluded.seconds,
        refreshed_at = now()
