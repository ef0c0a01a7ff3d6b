-- The values stay in the warehouse: they may be of sensitive columns.
SELECT
    column_name,
    reason,
    count(*) AS how_many,
    min(line_no) AS first_line,
    bool_and(released_at IS NOT NULL) AS released
FROM ops.quarantine
WHERE batch_id = %(batch_id)s
GROUP BY column_name, reason
ORDER BY how_many DESC, column_name ASC, reason ASC
LIMIT %(most)s
