DELETE FROM {{ schema | ident }}.{{ table | ident }}
WHERE _row BETWEEN %(low)s AND %(high)s AND (geometry IS NULL OR st_isempty(geometry))
