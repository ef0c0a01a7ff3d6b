SELECT
    quarantine_id,
    natural_key
FROM ops.quarantine
WHERE dataset = %(dataset)s AND released_at IS NULL AND holds AND natural_key IS NOT NULL
ORDER BY quarantine_id DESC
LIMIT %(most)s
