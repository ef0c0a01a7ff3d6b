SELECT count(*) FROM core.{{ dataset.table | ident }}
WHERE deleted_at IS NULL{{ (" AND is_current" if dataset.versioned else "") | sql }}
