-- Lines whose points do not agree about a column that the line is to keep.
SELECT count(*)
FROM (
    SELECT 1 AS one FROM {{ schema | ident }}.{{ table | ident }}
    GROUP BY {{ by | ident }}
    HAVING count(DISTINCT {{ column | ident }}) > 1
) AS l
