SELECT ops.defer_indexes({{ dataset.table | literal }}) AS count
