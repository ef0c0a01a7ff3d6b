DELETE FROM ops.quarantine
WHERE batch_id = %(batch_id)s
