SELECT
    d.delivery_id,
    d.batch_id,
    d.dataset,
    d.state,
    d.version,
    d.attempt,
    d.registered_at,
    d.settled_at,
    d.airflow_run_id,
    replace(d.error, E'\n', '; ') AS error
FROM ops.deliveries AS d
WHERE %(batch_id)s::text IS NULL OR d.batch_id = %(batch_id)s
ORDER BY d.delivery_id DESC
LIMIT 50
