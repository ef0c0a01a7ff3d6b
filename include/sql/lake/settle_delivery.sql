UPDATE ops.deliveries
SET settled_at = now(), report_key = %(report_key)s, updated_at = now()
WHERE delivery_id = %(delivery_id)s
RETURNING *
