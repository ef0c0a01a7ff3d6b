CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    s._row,
{% for column in columns %}
    s.{{ column | ident }},
{% endfor %}
{% for column in added %}
    a.{{ column | ident }},
{% endfor %}
    s.geometry
FROM {{ schema | ident }}.{{ table | ident }} AS s
LEFT JOIN {{ schema | ident }}.{{ source | ident }} AS a ON s._row = a._row
