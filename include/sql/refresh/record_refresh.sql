INSERT INTO ops.mart_refreshes AS r (mart, input_changes, row_count, seconds)
VALUES (%(mart)s, %(input_changes)s, %(row_count)s, %(seconds)s)
ON CONFLICT (mart) DO UPDATE
    SET
        input_changes = excluded.input_changes,
        row_count = excluded.row_count,
        seconds = excluded.seconds,
        refreshes = r.refreshes + 1,
        refreshed_at = now()
