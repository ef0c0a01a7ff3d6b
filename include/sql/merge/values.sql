{# What a staged row, alias s, becomes in core. #}
{% macro geometry_value(geometry) %}
{% set column = "s." ~ (geometry.name | ident) %}
{% if geometry.repair.value == "make_valid" %}
{% set column = "CASE WHEN st_isvalid(" ~ column ~ ") THEN " ~ column ~ " ELSE st_collectionextract(st_makevalid(" ~ column ~ "), " ~ geometry.dimension ~ ") END" %}
{% endif %}
{{ ("st_multi(" ~ column ~ ")" if geometry.multi else column) | sql }}
{%- endmacro %}

{# Whether the row of core, alias c, holds it already. The hash covers every column, so a column that the source left out is compared around. #}
{% macro is_same(dataset, absent) %}
{% if not absent %}
c.row_hash = b.row_hash
{%- else %}
EXISTS (
            SELECT {{ dataset.present(absent) | idents("c.") }}
            INTERSECT
            SELECT {% for name in dataset.present(absent) %}
{{ (geometry_value(dataset.shape(name)) | trim if dataset.shape(name) else "s." ~ (name | ident)) | sql }}{{ ("" if loop.last else ", ") | sql }}
{%- endfor %})
{%- endif %}
{% endmacro %}

{# The columns that a row is inserted with. #}
{% macro target(dataset) %}
id, source_id, {{ dataset.all_names | idents }}, {{ ("valid_from, " if dataset.versioned else "") | sql }}row_hash, deleted_at, load_batch_id
{%- endmacro %}

{% macro deleted_at(dataset, alias) %}
{{ ([dataset.load.deleted] | idents(alias) if dataset.load.deleted else "NULL::timestamptz") | sql }}
{%- endmacro %}

{% macro source_id(dataset) %}
{% for name in dataset.load.key %}
{% set column = "s." ~ (name | ident) %}
{% if dataset.by_name[name].is_text %}
{% set column = "replace(replace(" ~ column ~ ", '\\', '\\\\'), '|', '\\|')" %}
{% else %}
{% set column = column ~ "::text" %}
{% endif %}
{{ (("" if loop.first else " || '|' || ") ~ column) | sql }}
{%- endfor %}
{% endmacro %}

{# Whether a row of core is the one that delta, alias d, means; the partition is named too, or each would be searched. #}
{% macro is_row(dataset, core) %}
d.core_objectid = {{ core | sql }}.objectid
{%- if dataset.partition %}
 AND d.core_partition = {{ core | sql }}.{{ dataset.partition.column | ident }}
{%- endif %}
{% endmacro %}

{# Whether the batch, which read the whole source, lacks the row of core, alias c. Of core nothing is known to the planner when the first load has just filled it, so what the batch has is looked up in delta, by an index. #}
{% macro is_absent(dataset) %}
{% if dataset.versioned %}
c.is_current
    AND {% endif %}
c.deleted_at IS NULL
    AND c.load_batch_id <> %(batch_id)s
    AND NOT EXISTS (
        SELECT FROM delta AS d
        WHERE d.core_objectid = c.objectid
    )
{%- endmacro %}
