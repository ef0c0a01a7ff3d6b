SELECT
{% for column, type in types %}
    t.{{ column | ident }}{% if type.startswith("numeric") %}::text AS {{ column | ident }}{% endif %}{% if not loop.last %},{% endif %}

{% endfor %}
FROM {{ schema | ident }}.{{ table | ident }} AS t
WHERE
    NOT EXISTS (
        SELECT FROM {{ schema | ident }}.{{ pairs | ident }} AS p
        WHERE p.{{ side | ident }} = t._row
    )
ORDER BY t._row
