SELECT
    min(st_xmin(geometry)) AS xmin,
    min(st_ymin(geometry)) AS ymin,
    max(st_xmax(geometry)) AS xmax,
    max(st_ymax(geometry)) AS ymax
FROM {{ schema | ident }}.{{ table | ident }}
