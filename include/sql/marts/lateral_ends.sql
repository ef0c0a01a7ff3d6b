-- inputs: wells
-- unique: objectid
-- column operator: Enverus operator
-- column play: Enverus play
-- column lateral_end: heel or toe
-- column geom_point: Place of the end
-- Heels and toes of the laterals as points: the first and the last point of the line that the vendor draws.
SELECT
    w.objectid * 2 + e.number AS objectid,
    w.well_id,
    w.completion_id,
    w.api_uwi_14_unformatted,
    w.well_name,
    w.env_operator AS operator,
    w.env_play AS play,
    e.lateral_end::varchar(4) AS lateral_end,
    e.place::GEOMETRY (POINT, 4326) AS geom_point
FROM core.wells AS w
CROSS JOIN
    LATERAL (
        VALUES (0, 'heel', st_startpoint(w.geom_line)), (1, 'toe', st_endpoint(w.geom_line))
    ) AS e (number, lateral_end, place)
WHERE w.deleted_at IS NULL AND w.geom_line IS NOT NULL AND w.trajectory IS DISTINCT FROM 'VERTICAL';
