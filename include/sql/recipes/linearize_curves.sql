UPDATE {{ schema | ident }}.{{ table | ident }}
SET geometry = st_curvetoline(geometry)
WHERE
    _row BETWEEN %(low)s AND %(high)s
    AND (
        st_geometrytype(geometry) IN (
            'ST_CircularString', 'ST_CompoundCurve', 'ST_CurvePolygon', 'ST_MultiCurve', 'ST_MultiSurface'
        )
        OR (st_geometrytype(geometry) = 'ST_GeometryCollection' AND st_hasarc(geometry))
    )
