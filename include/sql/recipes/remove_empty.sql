DELETE FROM {{ schema | ident }}.{{ table | ident }}
WHERE _row BETWEEN %(low)s AND %(high)s AND st_isempty(geometry)
