SELECT ops.build_indexes({{ dataset.table | literal }}) AS count
