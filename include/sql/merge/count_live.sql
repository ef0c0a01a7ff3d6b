SELECT count(*) FROM core.{{ dataset.table | ident }}
WHERE deleted_at IS NULL
