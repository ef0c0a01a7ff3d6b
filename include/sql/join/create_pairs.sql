-- Which row of the table goes with which feature; the table's keys are unique by now.
CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    s._row,
    t._row AS table_row
FROM {{ schema | ident }}.{{ spatial_keys | ident }} AS s
INNER JOIN {{ schema | ident }}.{{ table_keys | ident }} AS t
    ON
{% for name in names %}
        s.{{ name | ident }} = t.{{ name | ident }}{% if not loop.last %} AND{% else %};{% endif %}

{% endfor %}
ANALYZE {{ schema | ident }}.{{ target | ident }};
