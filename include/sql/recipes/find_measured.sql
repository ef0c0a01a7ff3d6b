SELECT _row
FROM {{ schema | ident }}.{{ table | ident }}
WHERE st_zmflag(geometry) IN (1, 3)
ORDER BY _row
LIMIT 1
