WITH s AS MATERIALIZED (
    SELECT
        ctid AS place,
        st_simplifypreservetopology(geometry, %(tolerance)s) AS geometry
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE _row BETWEEN %(low)s AND %(high)s AND st_dimension(geometry) > 0
)

UPDATE {{ schema | ident }}.{{ table | ident }} AS t
SET geometry = s.geometry
FROM s
WHERE t.ctid = s.place AND st_npoints(s.geometry) < st_npoints(t.geometry)
