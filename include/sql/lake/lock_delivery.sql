SELECT * FROM ops.deliveries
WHERE delivery_id = %(delivery_id)s
FOR NO KEY UPDATE
