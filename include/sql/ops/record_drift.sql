INSERT INTO ops.schema_drift AS d (dataset, field, kind, first_batch_id, last_batch_id)
VALUES (%(dataset)s, %(field)s, %(kind)s, %(batch_id)s, %(batch_id)s)
ON CONFLICT (dataset, field, kind) DO UPDATE
    SET last_batch_id = excluded.last_batch_id, last_seen_at = now()
RETURNING first_batch_id = %(batch_id)s AS is_new
