SELECT * FROM ops.run_log
WHERE batch_id = %(batch_id)s
