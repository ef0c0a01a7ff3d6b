UPDATE ops.deliveries
SET state = 'failed', run_token = NULL, error = %(error)s, updated_at = now()
WHERE delivery_id = %(delivery_id)s
RETURNING *
