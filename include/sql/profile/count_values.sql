-- How often each value of each column occurs, in one scan; of a column with too many different ones their number alone.
WITH counted AS (
    SELECT
        CASE
{% for name in columns %}
            WHEN grouping({{ name | ident }}) = 0 THEN {{ name | literal }}
{% endfor %}
        END AS column_name,
        CASE
{% for name in columns %}
            WHEN grouping({{ name | ident }}) = 0 THEN {{ name | ident }}::text
{% endfor %}
        END AS value,
        count(*) AS occurrences
    FROM staging.{{ partition | ident }}
    GROUP BY GROUPING SETS ({% for name in columns %}({{ name | ident }}){{ ("" if loop.last else ", ") | sql }}{% endfor %})
),

numbered AS (
    SELECT
        column_name,
        value,
        occurrences,
        count(*) OVER (PARTITION BY column_name) AS different
    FROM counted
    WHERE value IS NOT NULL
)

SELECT
    column_name,
    max(different) AS different,
    jsonb_object_agg(value, occurrences) FILTER (WHERE different <= %(most)s) AS occurrences
FROM numbered
GROUP BY column_name
