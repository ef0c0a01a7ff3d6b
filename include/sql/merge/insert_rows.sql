{% from "merge/values.sql" import deleted_at, geometry_value, source_id, target %}
-- Rows that core does not have. Told apart by the fewer of those that are to be inserted and those that are not: of a
-- first load's rows a join would otherwise have to keep each in memory, or on disk.
INSERT INTO core.{{ dataset.table | ident }} ({{ target(dataset) | trim | sql }})
SELECT
    md5({{ (dataset.id ~ "|") | literal }} || {{ source_id(dataset) | trim | sql }})::uuid,
    {{ source_id(dataset) | trim | sql }},
    {{ dataset.by_name | idents("s.") }},
{% for geometry in dataset.geometry %}
    {{ geometry_value(geometry) | trim | sql }},
{% endfor %}
{% if dataset.versioned %}
    greatest({{ dataset.version_columns | idents("s.") }}),
{% endif %}
    s.row_hash,
    {{ deleted_at(dataset, "s.") | trim | sql }},
    %(batch_id)s
FROM staging.{{ partition | ident }} AS s
{% if mostly_new %}
WHERE NOT EXISTS (SELECT FROM delta AS d WHERE s.row_no = d.row_no AND d.action <> 'inserted');
{% else %}
WHERE EXISTS (SELECT FROM delta AS d WHERE s.row_no = d.row_no AND d.action = 'inserted');
{% endif %}
