-- The first point that no line can be drawn through: without a line, a number or a place, or with a number that another
-- point of its line has too.
WITH judged AS (
    SELECT
        _row,
        {{ by | ident }} AS line,
        {{ order | ident }} AS number,
        geometry,
        count(*) OVER (PARTITION BY {{ by | ident }}, {{ order | ident }}) AS times
    FROM {{ schema | ident }}.{{ table | ident }}
)

SELECT
    _row,
    CASE
        WHEN line IS NULL THEN 'line'
        WHEN number IS NULL THEN 'number'
        WHEN geometry IS NULL OR st_isempty(geometry) THEN 'place'
        WHEN geometrytype(geometry) <> 'POINT' THEN 'kind'
        ELSE 'twice'
    END AS fault,
    line::text AS line,
    number::text AS number
FROM judged
WHERE
    line IS NULL OR number IS NULL OR geometry IS NULL OR st_isempty(geometry)
    OR geometrytype(geometry) <> 'POINT' OR times > 1
ORDER BY _row
LIMIT 1
