-- What each row of the batch is to core. Only keys, hashes and times are read; columns follow for rows that change.
{% from "merge/values.sql" import deleted_at, is_same %}
{% set key = dataset.load.key %}
CREATE TEMPORARY TABLE delta ON COMMIT DROP AS
WITH batch AS (
    SELECT
        row_no,
        row_hash,
        {{ key | idents }},
        {{ dataset.load.cursor | ident }} AS cursor_value,
        greatest({{ dataset.version_columns | idents }}) AS version,
        {{ deleted_at(dataset, "") | trim | sql }} AS deleted_at,
        row_number() OVER (
            PARTITION BY {{ key | idents }}
            ORDER BY {{ dataset.load.cursor | ident }} DESC NULLS LAST, row_no DESC
        ) AS newest
    FROM staging.{{ partition | ident }}
)

SELECT
    b.row_no,
    b.cursor_value,
    b.version,
    b.deleted_at,
    c.objectid AS core_objectid,
{% if dataset.partition %}
    c.{{ dataset.partition.column | ident }} AS core_partition,
{% endif %}
    CASE
        WHEN b.newest > 1 THEN 'duplicate'
{% if dataset.load.mode.value == "snapshot" %}
        WHEN %(superseded)s THEN 'stale'
{% endif %}
        WHEN c.objectid IS NULL THEN 'inserted'
        WHEN {{ is_same(dataset, absent) | trim | sql }} AND (c.deleted_at IS NOT DISTINCT FROM b.deleted_at) THEN 'unchanged'
{% if dataset.load.mode.value == "incremental" %}
        WHEN b.cursor_value < c.{{ dataset.load.cursor | ident }} THEN 'stale'
        WHEN b.cursor_value = c.{{ dataset.load.cursor | ident }} AND %(superseded)s THEN 'stale'
{% endif %}
        WHEN b.deleted_at IS NOT NULL AND c.deleted_at IS NULL THEN 'deleted'
        ELSE 'updated'
    END AS action
FROM batch AS b
{% if absent %}
INNER JOIN staging.{{ partition | ident }} AS s ON b.row_no = s.row_no
{% endif %}
LEFT JOIN core.{{ dataset.table | ident }} AS c
    ON
{% for name in key %}
        b.{{ name | ident }} = c.{{ name | ident }}{{ ("" if loop.last else " AND") | sql }}
{% endfor %}
{% if dataset.versioned %}
        AND c.is_current
{% endif %}

