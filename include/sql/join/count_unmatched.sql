SELECT
    count(*) AS unmatched,
    count(*) FILTER (WHERE num_nulls({{ names | idents("k.") }}) > 0) AS without_key
FROM {{ schema | ident }}.{{ keys | ident }} AS k
WHERE
    NOT EXISTS (
        SELECT FROM {{ schema | ident }}.{{ pairs | ident }} AS p
        WHERE p.{{ side | ident }} = k._row
    )
