SELECT count(*) FROM ops.quarantine
WHERE batch_id = %(batch_id)s
