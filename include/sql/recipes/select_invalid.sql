SELECT
    s._row AS row,
    d.reason,
    st_astext(d.location) AS location,
    st_isempty(s.geometry) AS collapsed
FROM {{ schema | ident }}.{{ source | ident }} AS s
CROSS JOIN LATERAL st_isvaliddetail(s.broken) AS d
ORDER BY s._row
LIMIT %(most)s
