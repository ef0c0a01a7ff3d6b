-- All columns in one scan. Each column's facts are one array, for a query returns no more than 1,664 columns.
SELECT
    count(*) AS "rows",
{% for column in dataset.columns %}
{% set name = column.name | ident %}
    jsonb_build_array(
        count({{ name | sql }})
{% if column.sensitive or column.type == "boolean" %}
{% elif column.is_text %}
        , min(char_length({{ name | sql }})), max(char_length({{ name | sql }}))
{% else %}
        , min({{ name | sql }}), max({{ name | sql }})
{% endif %}
    ) AS {{ ("c%d" % loop.index0) | ident }}{{ ("," if dataset.geometry or not loop.last else "") | sql }}
{% endfor %}
{% for geometry in dataset.geometry %}
{% set extent = "st_extent(" ~ (geometry.name | ident) ~ ")" %}
    jsonb_build_array(
        count({{ geometry.name | ident }}),
        st_xmin({{ extent | sql }}),
        st_ymin({{ extent | sql }}),
        st_xmax({{ extent | sql }}),
        st_ymax({{ extent | sql }})
    ) AS {{ ("g%d" % loop.index0) | ident }}{{ ("" if loop.last else ",") | sql }}
{% endfor %}
FROM staging.{{ partition | ident }}
