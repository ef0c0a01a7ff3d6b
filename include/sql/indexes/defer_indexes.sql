-- All but those that a constraint or the merge's conflicts stand on; those of partitions follow their parent's.
INSERT INTO ops.deferred_indexes (core_table, index_name, definition)
SELECT
    t.relname AS core_table,
    i.relname AS index_name,
    pg_get_indexdef(i.oid)
FROM pg_index AS x
INNER JOIN pg_class AS i ON x.indexrelid = i.oid
INNER JOIN pg_class AS t ON x.indrelid = t.oid
WHERE x.indrelid = {{ ("core." ~ (dataset.table | ident)) | literal }}::regclass AND NOT x.indisunique
ON CONFLICT (core_table, index_name) DO NOTHING
RETURNING index_name
