INSERT INTO ops.load_batches AS b (dataset, airflow_run_id, run_token, window_low, window_high)
VALUES (%(dataset)s, %(run_id)s, gen_random_uuid(), %(window_low)s, %(window_high)s)
ON CONFLICT (dataset, airflow_run_id) DO UPDATE
    SET
        run_token = excluded.run_token,
        state = CASE WHEN b.state IN ('merged', 'archived') THEN b.state ELSE 'extracting' END,
        manifest_key = CASE WHEN b.state IN ('merged', 'archived') THEN b.manifest_key END,
        updated_at = now()
RETURNING *
