INSERT INTO ops.load_batches (
    dataset, airflow_run_id, kind, run_token, replay_of, state, window_low, window_high, read_at, read_until,
    absent_columns, manifest_key, extracted
)
SELECT
    dataset,
    %(run_id)s AS airflow_run_id,
    'replay' AS kind,
    gen_random_uuid() AS run_token,
    coalesce(replay_of, batch_id) AS replay_of,
    'extracted' AS state,
    window_low,
    window_high,
    read_at,
    read_until,
    absent_columns,
    manifest_key,
    extracted
FROM ops.load_batches
WHERE batch_id = %(batch_id)s AND dataset = %(dataset)s AND state IN ('merged', 'archived')
RETURNING batch_id
