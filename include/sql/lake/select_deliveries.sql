SELECT * FROM ops.deliveries
WHERE
    (%(batch_id)s::text IS NULL OR batch_id = %(batch_id)s)
    AND (%(states)s::text[] IS NULL OR state = any(%(states)s))
    AND (%(settled)s::boolean IS NULL OR (settled_at IS NOT NULL) = %(settled)s)
ORDER BY delivery_id DESC
LIMIT %(most)s
