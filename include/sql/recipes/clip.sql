WITH s AS MATERIALIZED (
    SELECT
        ctid AS place,
        st_intersection(geometry, st_geomfromwkb(%(box)s, {{ srid | literal }})) AS geometry
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE
        _row BETWEEN %(low)s AND %(high)s
        AND NOT st_coveredby(geometry, st_geomfromwkb(%(box)s, {{ srid | literal }}))
)

UPDATE {{ schema | ident }}.{{ table | ident }} AS t
SET
    geometry = CASE
        WHEN st_geometrytype(t.geometry) = 'ST_GeometryCollection' THEN s.geometry
        ELSE st_collectionextract(s.geometry, st_dimension(t.geometry) + 1)
    END
FROM s
WHERE t.ctid = s.place
