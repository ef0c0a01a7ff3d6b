SELECT batch_id FROM ops.load_batches
WHERE dataset = %(dataset)s AND airflow_run_id = %(run_id)s
