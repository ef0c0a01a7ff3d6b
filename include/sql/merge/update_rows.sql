-- A column that the source left out keeps what core knows.
{% from "merge/values.sql" import geometry_value, is_row %}
UPDATE core.{{ dataset.table | ident }} AS c
SET
{% for column in dataset.columns if column.name not in dataset.load.key and column.name not in absent %}
    {{ column.name | ident }} = s.{{ column.name | ident }},
{% endfor %}
{% for geometry in dataset.geometry if geometry.name not in absent %}
    {{ geometry.name | ident }} = {{ geometry_value(geometry) | trim | sql }},
{% endfor %}
    row_hash = s.row_hash,
    deleted_at = d.deleted_at,
    load_batch_id = %(batch_id)s,
    updated_at = now()
FROM delta AS d
INNER JOIN staging.{{ partition | ident }} AS s ON d.row_no = s.row_no
WHERE {{ is_row(dataset, "c") | trim | sql }} AND d.action IN ('updated', 'deleted');
