-- A retry reads anew what its batch was opened for. The window stays; what it knows of the source is younger, and
-- nobody has accepted that yet.
UPDATE ops.load_batches
SET
    state = 'extracting',
    manifest_key = NULL,
    read_at = %(read_at)s,
    read_until = NULL,
    asked_for = %(asked_for)s,
    accepted_by = NULL,
    accepted_reason = NULL,
    accepted_at = NULL
WHERE batch_id = %(batch_id)s
RETURNING *
