INSERT INTO ops.run_log (
    batch_id, dataset, airflow_run_id, extracted, staged, quarantined,
    inserted, updated, unchanged, stale, duplicate, deleted, absent,
    failed_expectations, watermark, started_at, finished_at, docs_url
)
SELECT
    batch_id,
    dataset,
    airflow_run_id,
    extracted,
    staged,
    quarantined,
    %(inserted)s,
    %(updated)s,
    %(unchanged)s,
    %(stale)s,
    %(duplicate)s,
    %(deleted)s,
    %(absent)s,
    coalesce(failed_expectations, 0),
    %(watermark)s,
    created_at,
    clock_timestamp(),
    docs_url
FROM ops.load_batches
WHERE batch_id = %(batch_id)s
