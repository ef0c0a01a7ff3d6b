{# What a staged row, alias s, becomes in core. #}
{% macro geometry_value(geometry) %}
{% set column = "s." ~ (geometry.name | ident) %}
{% if geometry.repair.value == "make_valid" %}
{% set column = "CASE WHEN st_isvalid(" ~ column ~ ") THEN " ~ column ~ " ELSE st_collectionextract(st_makevalid(" ~ column ~ "), " ~ geometry.dimension ~ ") END" %}
{% endif %}
{{ ("st_multi(" ~ column ~ ")" if geometry.multi else column) | sql }}
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
