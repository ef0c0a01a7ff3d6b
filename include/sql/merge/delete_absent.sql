-- The whole source was read: what core still has and the batch does not is deleted, softly.
UPDATE core.{{ dataset.table | ident }} AS c
SET deleted_at = %(read_at)s, load_batch_id = %(batch_id)s, updated_at = now()
WHERE
    c.deleted_at IS NULL
    AND NOT EXISTS (
        SELECT FROM staging.{{ partition | ident }} AS s
        WHERE {% for name in dataset.load.key %}s.{{ name | ident }} = c.{{ name | ident }}{{ ("" if loop.last else " AND ") | sql }}{% endfor %}
    );
