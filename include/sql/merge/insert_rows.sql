{% from "merge/values.sql" import geometry_value, is_row, source_id %}
INSERT INTO core.{{ dataset.table | ident }} (
    id,
    source_id,
{% for column in dataset.columns %}
    {{ column.name | ident }},
{% endfor %}
{% for geometry in dataset.geometry %}
    {{ geometry.name | ident }},
{% endfor %}
{% if dataset.versioned %}
    valid_from,
{% endif %}
    row_hash,
    deleted_at,
    load_batch_id
)
SELECT
    md5({{ (dataset.id ~ "|") | literal }} || {{ source_id(dataset) | trim | sql }})::uuid,
    {{ source_id(dataset) | trim | sql }},
{% for column in dataset.columns %}
    {{ ("p." if dataset.versioned and column.name in absent else "s.") | sql }}{{ column.name | ident }},
{% endfor %}
{% for geometry in dataset.geometry %}
{% if dataset.versioned and geometry.name in absent %}
    p.{{ geometry.name | ident }},
{% else %}
    {{ geometry_value(geometry) | trim | sql }},
{% endif %}
{% endfor %}
{% if dataset.versioned %}
    coalesce(p.valid_to, d.version),
{% endif %}
    s.row_hash,
    d.deleted_at,
    %(batch_id)s
FROM delta AS d
INNER JOIN staging.{{ partition | ident }} AS s ON d.row_no = s.row_no
{% if dataset.versioned %}
-- The version that this one follows.
LEFT JOIN core.{{ dataset.table | ident }} AS p ON {{ is_row(dataset, "p") | trim | sql }}
WHERE d.action IN ('inserted', 'updated', 'deleted');
{% else %}
WHERE d.action = 'inserted';
{% endif %}
