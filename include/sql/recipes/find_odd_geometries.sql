-- The first row that no step, and no GeoParquet, can do anything with. NaN is greater than any number.
SELECT
    _row,
    CASE
        WHEN st_geometrytype(geometry) NOT IN ({{ kinds | literals }})
            THEN 'a ' || substr(st_geometrytype(geometry), 4) || ' is no simple feature: deliver points, lines or polygons'
        ELSE 'its coordinates are not finite'
    END AS reason
FROM {{ schema | ident }}.{{ table | ident }}
WHERE
    st_geometrytype(geometry) NOT IN ({{ kinds | literals }})
    OR NOT (
        st_xmin(geometry) > '-Infinity' AND st_xmax(geometry) < 'Infinity'
        AND st_ymin(geometry) > '-Infinity' AND st_ymax(geometry) < 'Infinity'
    )
ORDER BY _row
LIMIT 1
