INSERT INTO ops.load_batches AS b (dataset, airflow_run_id, kind, run_token, window_low, window_high, read_at)
VALUES (%(dataset)s, %(run_id)s, %(kind)s, gen_random_uuid(), %(window_low)s, %(window_high)s, %(read_at)s)
ON CONFLICT (dataset, airflow_run_id) DO UPDATE
    SET run_token = excluded.run_token, updated_at = now()
RETURNING *
