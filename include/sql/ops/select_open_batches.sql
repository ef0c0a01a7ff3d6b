-- Committed batches with open rows; a replay's rows are those of the batch it replays.
SELECT DISTINCT coalesce(b.replay_of, b.batch_id) AS batch_id
FROM ops.quarantine AS q
INNER JOIN ops.load_batches AS b ON q.batch_id = b.batch_id
WHERE q.dataset = %(dataset)s AND q.released_at IS NULL AND b.state IN ('merged', 'archived')
ORDER BY batch_id
