SELECT
    column_name,
    reason,
    count(*) AS rows
FROM ops.quarantine
WHERE batch_id = %(batch_id)s
GROUP BY column_name, reason
ORDER BY count(*) DESC, column_name ASC NULLS FIRST, reason ASC
LIMIT 50
