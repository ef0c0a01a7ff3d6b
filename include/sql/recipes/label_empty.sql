-- There is nothing to move in them, but a column has one SRID.
UPDATE {{ schema | ident }}.{{ table | ident }}
SET geometry = st_setsrid(geometry, {{ srid | literal }})
WHERE _row BETWEEN %(low)s AND %(high)s AND st_isempty(geometry)
