-- inputs: wells
-- unique: objectid
-- Laterals as the vendor draws them, with length, heel and toe in degrees; lateral_ends has the two as points.
SELECT
    objectid,
    well_id,
    completion_id,
    api_uwi_14_unformatted,
    well_name,
    env_operator AS operator,
    env_play AS play,
    env_well_status AS status,
    trajectory,
    spud_date::date AS spud_date,
    round((st_length(geom_line::geography) / 0.3048)::numeric, 0) AS drawn_length_ft,
    round(lateral_length_ft::numeric, 0) AS published_length_ft,
    round(st_x(st_startpoint(geom_line))::numeric, 7) AS heel_longitude,
    round(st_y(st_startpoint(geom_line))::numeric, 7) AS heel_latitude,
    round(st_x(st_endpoint(geom_line))::numeric, 7) AS toe_longitude,
    round(st_y(st_endpoint(geom_line))::numeric, 7) AS toe_latitude,
    geom_line
FROM core.wells
WHERE deleted_at IS NULL AND geom_line IS NOT NULL AND trajectory IS DISTINCT FROM 'VERTICAL';
