SELECT
    batch_id,
    airflow_run_id
FROM ops.run_log
WHERE dataset = %(dataset)s
ORDER BY batch_id
LIMIT 1
