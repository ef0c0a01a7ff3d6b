CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    s._row,
{% for column in columns %}
    s.{{ column | ident }},
{% endfor %}
{% for column, name in brought %}
    t.{{ column | ident }} AS {{ name | ident }},
{% endfor %}
    s.geometry
FROM {{ schema | ident }}.{{ spatial | ident }} AS s
{% if inner %}INNER{% else %}LEFT{% endif %} JOIN {{ schema | ident }}.{{ pairs | ident }} AS p ON s._row = p._row
{% if inner %}INNER{% else %}LEFT{% endif %} JOIN {{ schema | ident }}.{{ table | ident }} AS t ON p.table_row = t._row
