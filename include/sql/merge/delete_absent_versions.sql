{% from "merge/values.sql" import is_absent %}
-- The whole source was read: what core still has and the batch does not is deleted, softly, as a version of its own.
WITH closed AS (
    UPDATE core.{{ dataset.table | ident }} AS c
    SET
        is_current = FALSE,
        valid_to = greatest(%(read_at)s, c.valid_from + interval '1 microsecond'),
        updated_at = now()
    WHERE
        {{ is_absent(dataset) | trim | sql }}
    RETURNING c.*
)

INSERT INTO core.{{ dataset.table | ident }} (
    id, source_id, {{ dataset.all_names | idents }}, valid_from, row_hash, deleted_at, load_batch_id
)
SELECT
    id,
    source_id,
    {{ dataset.all_names | idents }},
    valid_to,
    row_hash,
    %(read_at)s,
    %(batch_id)s
FROM closed;
