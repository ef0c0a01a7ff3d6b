DELETE FROM {{ schema | ident }}.{{ table | ident }}
WHERE
    _row BETWEEN %(low)s AND %(high)s
    AND NOT st_intersects(geometry, st_geomfromwkb(%(box)s, {{ srid | literal }}))
