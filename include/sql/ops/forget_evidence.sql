UPDATE ops.load_batches SET evidence_prefix = NULL, updated_at = now()
WHERE batch_id = %(batch_id)s AND evidence_prefix = %(evidence_prefix)s
