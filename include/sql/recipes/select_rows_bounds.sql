SELECT
    min(_row) AS low,
    max(_row) AS high
FROM {{ schema | ident }}.{{ table | ident }}
