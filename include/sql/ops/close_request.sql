UPDATE ops.signoff_requests SET closed_at = now()
WHERE batch_id = %(batch_id)s AND closed_at IS NULL
