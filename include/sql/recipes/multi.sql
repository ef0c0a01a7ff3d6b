UPDATE {{ schema | ident }}.{{ table | ident }}
SET geometry = st_multi(geometry)
WHERE _row BETWEEN %(low)s AND %(high)s AND st_geometrytype(geometry) IN ('ST_Point', 'ST_LineString', 'ST_Polygon')
