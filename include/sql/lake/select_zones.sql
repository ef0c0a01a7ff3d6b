-- In an order in which neighbours follow each other, so that a block of the raster is read once.
SELECT
    _row,
    st_asbinary(geometry) AS geometry
FROM {{ schema | ident }}.{{ table | ident }}
WHERE geometry IS NOT NULL
ORDER BY geometry
