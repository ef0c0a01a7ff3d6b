SELECT
    count(*) FILTER (WHERE st_isempty(geometry)) AS collapsed,
    count(*) FILTER (
        WHERE
        st_geometrytype(repaired) = 'ST_GeometryCollection' AND st_geometrytype(broken) <> 'ST_GeometryCollection'
    ) AS with_pieces_dropped
FROM {{ schema | ident }}.{{ source | ident }}
