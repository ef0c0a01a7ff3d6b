-- What the map draws: of each geometry and fate first what moved farthest, then what spans more than half a degree (a
-- well that is drilled to another sea, say), then a sample that is the same every time.
-- Simplified to some ten metres, and limited in number and in points, lest the page become too large to open.
WITH shown AS (
    SELECT
        *,
        CASE WHEN fate = 'deleted' THEN coalesce(old_place, new_place) ELSE new_place END AS place
    FROM feature
    WHERE new_place IS NOT NULL OR (fate = 'deleted' AND old_place IS NOT NULL)
),

placed AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY shape, fate
            ORDER BY
                moved DESC NULLS LAST,
                greatest(st_xmax(place) - st_xmin(place), st_ymax(place) - st_ymin(place)) <= 0.5 ASC,
                sample ASC,
                row_no ASC,
                key ASC
        ) AS place_no
    FROM shown
),

simple AS (
    SELECT
        *,
        CASE
            WHEN st_dimension(place) = 0 THEN place
            ELSE st_simplifypreservetopology(place, 0.0001)
        END AS drawn
    FROM placed
    WHERE place_no <= %(most)s
),

summed AS (
    SELECT
        *,
        sum(st_npoints(drawn)) OVER (PARTITION BY shape, fate ORDER BY place_no) AS points
    FROM simple
)

SELECT
    shape,
    fate,
    row_no,
    key,
    label,
    moved,
    st_asbinary(drawn) AS drawn,
    CASE WHEN moved > 0 THEN st_x(st_centroid(old_place)) END AS before_x,
    CASE WHEN moved > 0 THEN st_y(st_centroid(old_place)) END AS before_y,
    CASE WHEN moved > 0 THEN st_x(st_centroid(new_place)) END AS after_x,
    CASE WHEN moved > 0 THEN st_y(st_centroid(new_place)) END AS after_y
FROM summed
WHERE points <= %(most_points)s OR place_no = 1
ORDER BY shape, fate, place_no
