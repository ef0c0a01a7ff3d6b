-- What the map draws: of each geometry and fate first what moved farthest, then what spans more than half a degree (a
-- well that is drilled to another sea, say), then a sample that is the same every time.
-- Simplified to some ten metres, and limited in number and in points, lest the page become too large to open.
WITH layers AS (
    SELECT
        shape,
        fate
    FROM feature
    GROUP BY shape, fate
),

-- Each layer's first ones only: to put a million rows into order takes seconds, to keep the best ones of them does not.
placed AS (
    SELECT
        best.*,
        row_number() OVER (
            PARTITION BY best.shape, best.fate
            ORDER BY best.moved DESC NULLS LAST, best.narrow ASC, best.sample ASC, best.row_no ASC, best.key ASC
        ) AS place_no
    FROM layers
    CROSS JOIN LATERAL (
        SELECT
            f.*,
            p.place,
            greatest(st_xmax(p.place) - st_xmin(p.place), st_ymax(p.place) - st_ymin(p.place)) <= 0.5 AS narrow
        FROM feature AS f
        CROSS JOIN LATERAL (
            SELECT CASE WHEN f.fate = 'deleted' THEN coalesce(f.old_place, f.new_place) ELSE f.new_place END AS place
        ) AS p
        WHERE f.shape = layers.shape AND f.fate = layers.fate AND p.place IS NOT NULL
        ORDER BY f.moved DESC NULLS LAST, narrow ASC, f.sample ASC, f.row_no ASC, f.key ASC
        LIMIT %(most)s
    ) AS best
),

simple AS (
    SELECT
        *,
        CASE
            WHEN st_dimension(place) = 0 THEN place
            ELSE st_simplifypreservetopology(place, 0.0001)
        END AS drawn
    FROM placed
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
