{% from "merge/values.sql" import geometry_value, source_id %}
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
    s.{{ column.name | ident }},
{% endfor %}
{% for geometry in dataset.geometry %}
    {{ geometry_value(geometry) | trim | sql }},
{% endfor %}
{% if dataset.versioned %}
    coalesce(
        (
            SELECT p.valid_to FROM core.{{ dataset.table | ident }} AS p
            WHERE p.objectid = d.core_objectid
        ),
        d.version
    ),
{% endif %}
    s.row_hash,
    d.deleted_at,
    %(batch_id)s
FROM delta AS d
INNER JOIN staging.{{ partition | ident }} AS s ON d.row_no = s.row_no
{% if dataset.versioned %}
WHERE d.action IN ('inserted', 'updated', 'deleted');
{% else %}
WHERE d.action = 'inserted';
{% endif %}
