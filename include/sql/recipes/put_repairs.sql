UPDATE {{ schema | ident }}.{{ table | ident }} AS t
SET geometry = s.geometry
FROM {{ schema | ident }}.{{ source | ident }} AS s
WHERE t.ctid = s.place AND t._row BETWEEN %(low)s AND %(high)s
