UPDATE ops.deliveries
SET
    state = %(state)s,
    version = %(version)s,
    recipe = coalesce(%(recipe)s, recipe),
    error = %(error)s,
    updated_at = now()
WHERE delivery_id = %(delivery_id)s
RETURNING *
