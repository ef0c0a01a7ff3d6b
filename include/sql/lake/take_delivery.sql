UPDATE ops.deliveries
SET
    state = 'running',
    attempt = attempt + 1,
    run_token = gen_random_uuid(),
    airflow_run_id = %(run_id)s,
    error = NULL,
    updated_at = now()
WHERE delivery_id = %(delivery_id)s
RETURNING *
