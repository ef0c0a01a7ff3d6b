SELECT * FROM ops.deliveries
WHERE delivery_id = %(delivery_id)s AND run_token = %(run_token)s AND state = 'running'
FOR NO KEY UPDATE
