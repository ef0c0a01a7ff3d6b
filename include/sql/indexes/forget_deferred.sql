DELETE FROM ops.deferred_indexes
WHERE core_table = %(core_table)s AND index_name = %(index_name)s
