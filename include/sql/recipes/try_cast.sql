WITH s AS MATERIALIZED (
    SELECT nullif(btrim({{ column | ident }}::text), '')::{{ type | sql }} AS value
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE _row BETWEEN %(low)s AND %(high)s
)

SELECT count(s.value) FROM s
