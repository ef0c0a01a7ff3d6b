UPDATE ops.quarantine
SET released_at = now(), released_reason = %(reason)s
WHERE dataset = %(dataset)s AND batch_id = coalesce(%(batch_id)s, batch_id) AND released_at IS NULL
RETURNING quarantine_id
