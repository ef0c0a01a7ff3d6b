UPDATE ops.load_batches SET run_token = gen_random_uuid(), updated_at = now()
WHERE batch_id = %(batch_id)s AND dataset = %(dataset)s
RETURNING *
