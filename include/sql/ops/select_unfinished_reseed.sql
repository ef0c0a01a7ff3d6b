SELECT airflow_run_id FROM ops.load_batches
WHERE dataset = %(dataset)s AND kind = 'reseed' AND airflow_run_id LIKE 'reseed_%%' AND state NOT IN ('merged', 'archived')
ORDER BY batch_id DESC
LIMIT 1
