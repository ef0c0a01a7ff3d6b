SELECT
    count(geometry) AS lines,
    coalesce(sum(points), 0)::bigint AS points,
    count(*) FILTER (WHERE missing_points > 0) AS with_gaps,
    coalesce(sum(missing_points), 0)::bigint AS missing_points,
    count(*) FILTER (WHERE first_point <> 1) AS not_from_one
FROM {{ schema | ident }}.{{ table | ident }}
