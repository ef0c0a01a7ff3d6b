-- Of a column that is kept, the first value that a point of the line has. Points are in no order, lines are in theirs.
CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    min(p._row) AS _row,
    p.{{ by | ident }},
{% for column in keep %}
    (array_agg(p.{{ column | ident }} ORDER BY p.{{ order | ident }}) FILTER (WHERE p.{{ column | ident }} IS NOT NULL))[1] AS {{ column | ident }},
{% endfor %}
    count(*) AS points,
    min(p.{{ order | ident }})::bigint AS first_point,
    (max(p.{{ order | ident }}) - min(p.{{ order | ident }}) + 1 - count(*))::bigint AS missing_points,
    CASE
        WHEN count(DISTINCT st_force2d(p.geometry)) > 1 THEN st_makeline(p.geometry ORDER BY p.{{ order | ident }})
    END AS geometry
FROM {{ schema | ident }}.{{ table | ident }} AS p
WHERE p._row BETWEEN %(low)s AND %(high)s
GROUP BY p.{{ by | ident }}
