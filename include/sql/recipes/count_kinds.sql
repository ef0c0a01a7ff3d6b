SELECT
    substr(st_geometrytype(geometry), 4) AS kind,
    st_zmflag(geometry)::integer AS dimensions,
    count(*) AS count,
    count(*) FILTER (WHERE st_isempty(geometry)) AS empty
FROM {{ schema | ident }}.{{ table | ident }}
GROUP BY 1, 2
ORDER BY 1, 2
