CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    s._row,
{% for column in columns %}
    s.{{ column | ident }},
{% endfor %}
    st_setsrid(st_geomfromwkb(s.geometry), {{ srid | literal }}) AS geometry
FROM {{ schema | ident }}.{{ table | ident }} AS s
WHERE s._row BETWEEN %(low)s AND %(high)s
