SELECT
    index_name,
    definition
FROM ops.deferred_indexes
WHERE core_table = %(core_table)s
ORDER BY index_name
