{% from "merge/values.sql" import geometry_value, is_row, source_id, target %}
-- The new versions of rows that changed, each beginning where the one before it ends.
INSERT INTO core.{{ dataset.table | ident }} ({{ target(dataset) | trim | sql }})
SELECT
    p.id,
    p.source_id,
{% for column in dataset.columns %}
    {{ ("p." if column.name in absent else "s.") | sql }}{{ column.name | ident }},
{% endfor %}
{% for geometry in dataset.geometry %}
    {{ (("p." ~ (geometry.name | ident)) if geometry.name in absent else geometry_value(geometry) | trim) | sql }},
{% endfor %}
    p.valid_to,
    s.row_hash,
    d.deleted_at,
    %(batch_id)s
FROM delta AS d
INNER JOIN staging.{{ partition | ident }} AS s ON d.row_no = s.row_no
-- The version that this one follows.
INNER JOIN core.{{ dataset.table | ident }} AS p ON {{ is_row(dataset, "p") | trim | sql }}
WHERE d.action IN ('updated', 'deleted');
