SELECT
{% for name in names %}
    {{ name | ident }},
{% endfor %}
    count(*) AS copies,
    (array_agg(_row ORDER BY _row))[:5] AS numbers,
    count(*) OVER () AS duplicates
FROM {{ schema | ident }}.{{ keys | ident }}
WHERE num_nulls({{ names | idents }}) = 0
GROUP BY {{ names | idents }}
HAVING count(*) > 1
ORDER BY min(_row)
LIMIT 10
