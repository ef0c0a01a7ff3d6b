{% from "merge/values.sql" import is_absent %}
-- The whole source was read: what core still has and the batch does not is deleted, softly.
UPDATE core.{{ dataset.table | ident }} AS c
SET deleted_at = %(read_at)s, load_batch_id = %(batch_id)s, updated_at = now()
WHERE
    {{ is_absent(dataset) | trim | sql }};
