WITH p AS MATERIALIZED (
    SELECT
        _row,
        st_force2d(st_geometryn(st_points(geometry), 1)) AS point
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE NOT st_isempty(geometry)
    ORDER BY _row
    LIMIT %(most)s
),

m AS MATERIALIZED (
    SELECT
        _row,
        point,
        st_transform(point, %(origin)s::text, %(destination)s::text) AS moved
    FROM p
)

SELECT
    _row,
    st_x(point) AS x,
    st_y(point) AS y,
    st_x(moved) AS moved_x,
    st_y(moved) AS moved_y
FROM m
