-- Keys in the one form that they are compared in. A row is without a key where any column of it is empty.
CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
SELECT
    _row,
{% for column, form, name in forms %}
{% if form == "number" %}
    nullif(trim_scale({{ column | ident }}::text::numeric), 'NaN')::text
{% elif form == "number in text" %}
    CASE
        WHEN
            length({{ column | ident }}) <= 1000
            AND btrim({{ column | ident }}, E' \t\n\r\u00A0') ~ '^[+-]?[0-9]+([.][0-9]+)?$'
            THEN trim_scale(btrim({{ column | ident }}, E' \t\n\r\u00A0')::numeric)::text
        ELSE nullif(btrim(normalize({{ column | ident }}, nfc), E' \t\n\r\u00A0'), '')
    END
{% elif form == "text" %}
    nullif(btrim(normalize({{ column | ident }}, nfc), E' \t\n\r\u00A0'), '')
{% elif form == "timestamp" %}
    to_char({{ column | ident }}::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS.US')
{% elif form == "timestamp with zone" %}
    to_char({{ column | ident }} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
{% else %}
    {{ column | ident }}::text
{% endif %}
    AS {{ name | ident }}{% if not loop.last %},{% endif %}

{% endfor %}
FROM {{ schema | ident }}.{{ table | ident }};
ANALYZE {{ schema | ident }}.{{ target | ident }};
