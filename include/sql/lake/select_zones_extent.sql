SELECT
    st_xmin(e.extent) AS xmin,
    st_ymin(e.extent) AS ymin,
    st_xmax(e.extent) AS xmax,
    st_ymax(e.extent) AS ymax,
    e.rows,
    e.distinct_rows,
    e.without_geometry
FROM (
    SELECT
        st_extent(geometry) AS extent,
        count(*) AS rows,
        count(DISTINCT _row) AS distinct_rows,
        count(*) FILTER (WHERE geometry IS NULL) AS without_geometry
    FROM {{ schema | ident }}.{{ table | ident }}
) AS e
