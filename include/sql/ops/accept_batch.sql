UPDATE ops.load_batches
SET accepted_by = %(by)s, accepted_reason = %(reason)s, accepted_at = now(), updated_at = now()
WHERE batch_id = %(batch_id)s AND dataset = %(dataset)s AND state NOT IN ('merged', 'archived')
RETURNING batch_id
