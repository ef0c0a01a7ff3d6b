-- PostGIS sets an operation that is given as text up anew for each call, which takes a thousand times what moving a
-- point does: geometries go through it by the collection, those of some pages at once, a large one by itself.
WITH batches AS MATERIALIZED (
    SELECT
        array_agg(ctid) AS places,
        st_transform(st_collect(array_agg(geometry)), %(origin)s::text, %(destination)s::text) AS moved
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE _row BETWEEN %(low)s AND %(high)s AND NOT st_isempty(geometry)
    GROUP BY
        ((ctid::text::point)[0] / 4)::bigint,
        st_zmflag(geometry),
        CASE WHEN st_memsize(geometry) > 1000000 THEN ctid END
),

moved AS MATERIALIZED (
    SELECT
        b.places[n.number] AS place,
        st_geometryn(b.moved, n.number) AS geometry
    FROM batches AS b
    CROSS JOIN LATERAL generate_series(1, cardinality(b.places)) AS n (number)
)

UPDATE {{ schema | ident }}.{{ table | ident }} AS t
SET geometry = st_setsrid(m.geometry, {{ srid | literal }})
FROM moved AS m
WHERE t.ctid = m.place
