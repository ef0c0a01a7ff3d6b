{# A geometry as the map shows it: longitude and latitude of WGS 84. #}
{% macro displayed(expression, srid) %}
{{ (expression if srid == 4326 else "st_transform(" ~ expression ~ ", 4326)") | sql }}
{%- endmacro %}

{# The key of a row as people read it; a sensitive one is not shown. #}
{% macro shown_key(dataset, key_is_shown, alias) %}
{% if not key_is_shown %}
NULL::text
{%- else %}
concat_ws(', ', {{ dataset.load.key | idents(alias) }})
{%- endif %}
{% endmacro %}

{% macro shown_label(label, alias) %}
{{ ([label] | idents(alias) ~ "::text" if label else "NULL::text") | sql }}
{%- endmacro %}
