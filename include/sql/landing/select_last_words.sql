SELECT
    a.detail ->> 'error' AS error,
    coalesce((a.detail ->> 'theirs')::boolean, FALSE) AS theirs
FROM ops.activity AS a
WHERE a.delivery_id = %(delivery_id)s AND a.action = %(action)s
ORDER BY a.activity_id DESC
LIMIT 1
