SELECT * FROM ops.lake_versions
WHERE dataset = %(dataset)s AND state = 'writing'
