-- What a cast cuts or rounds without a word: text that is longer, digits after the last that is kept, a time of day.
SELECT
    s._row,
    s.value
FROM (
    SELECT
        _row,
        nullif(btrim({{ column | ident }}::text), '') AS value
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE {{ column | ident }} IS NOT NULL
) AS s
WHERE
{% if type.startswith("varchar") %}
    s.value::{{ type | sql }}::text <> s.value
{% elif type.startswith("numeric") %}
    s.value::{{ type | sql }} <> s.value::numeric
{% elif type == "date" %}
    s.value::date <> s.value::timestamp
{% else %}
    FALSE
{% endif %}
ORDER BY s._row
LIMIT 1
