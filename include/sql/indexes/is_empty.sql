SELECT NOT EXISTS (SELECT FROM core.{{ dataset.table | ident }}) AS is_empty
