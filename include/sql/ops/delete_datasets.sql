DELETE FROM ops.datasets
WHERE NOT dataset = any(%(datasets)s)
