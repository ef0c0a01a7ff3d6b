UPDATE ops.lake_versions
SET state = 'published', published_at = clock_timestamp()
WHERE
    dataset = %(dataset)s
    AND version = %(version)s
    AND delivery_id = %(delivery_id)s
    AND state = 'writing'
RETURNING version
