-- What is left of a geometry keeps its dimension: a polygon's spikes are no lines.
CREATE UNLOGGED TABLE {{ schema | ident }}.{{ target | ident }} AS
WITH invalid AS MATERIALIZED (
    SELECT
        ctid AS place,
        _row,
        geometry
    FROM {{ schema | ident }}.{{ table | ident }}
    WHERE _row BETWEEN %(low)s AND %(high)s AND NOT st_isvalid(geometry)
),

repaired AS MATERIALIZED (
    SELECT
        place,
        _row,
        geometry AS broken,
        st_makevalid(geometry, %(options)s) AS repaired
    FROM invalid
)

SELECT
    place,
    _row,
    broken,
    repaired,
    CASE
        WHEN st_geometrytype(broken) = 'ST_GeometryCollection' THEN repaired
        ELSE st_collectionextract(repaired, st_dimension(broken) + 1)
    END AS geometry
FROM repaired
