SELECT {{ names | idents("k.") }}
FROM {{ schema | ident }}.{{ keys | ident }} AS k
WHERE
    num_nulls({{ names | idents("k.") }}) = 0
    AND NOT EXISTS (
        SELECT FROM {{ schema | ident }}.{{ pairs | ident }} AS p
        WHERE p.{{ side | ident }} = k._row
    )
GROUP BY {{ names | idents("k.") }}
ORDER BY min(k._row)
LIMIT 20
