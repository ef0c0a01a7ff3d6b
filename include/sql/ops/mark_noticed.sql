UPDATE ops.signoff_requests SET noticed_at = now()
WHERE request_id = %(request_id)s
