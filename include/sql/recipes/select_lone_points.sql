-- Lines that cannot be one: of a single point, or of several in one place.
SELECT
    min(_row) AS row,
    {{ by | ident }}::text AS line,
    count(*) AS points,
    st_astext((array_agg(geometry))[1]) AS place
FROM {{ schema | ident }}.{{ table | ident }}
GROUP BY {{ by | ident }}
HAVING count(DISTINCT st_force2d(geometry)) = 1
ORDER BY min(_row)
