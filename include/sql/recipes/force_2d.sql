UPDATE {{ schema | ident }}.{{ table | ident }}
SET geometry = st_force2d(geometry)
WHERE _row BETWEEN %(low)s AND %(high)s AND st_zmflag(geometry) <> 0
