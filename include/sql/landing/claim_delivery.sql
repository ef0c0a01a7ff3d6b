UPDATE ops.deliveries AS d
SET airflow_run_id = %(run_id)s, updated_at = now()
WHERE
    d.delivery_id = %(delivery_id)s
    AND d.settled_at IS NULL
    AND d.airflow_run_id IS NOT DISTINCT FROM %(seen)s
RETURNING d.delivery_id
