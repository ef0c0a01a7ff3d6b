CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    s._row,
{% for column in columns %}
    s.{{ column | ident }},
{% endfor %}
    coalesce(p.piece, s.geometry) AS geometry
FROM {{ schema | ident }}.{{ table | ident }} AS s
LEFT JOIN LATERAL st_subdivide(s.geometry, {{ most | literal }}) AS p (piece) ON TRUE
WHERE s._row BETWEEN %(low)s AND %(high)s
