SELECT * FROM ops.load_batches
WHERE batch_id = %(batch_id)s AND run_token = %(run_token)s
FOR UPDATE
