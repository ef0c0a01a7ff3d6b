-- inputs: wells
-- unique: objectid
-- column operator: Enverus operator
-- column play: Enverus play
-- column status: Enverus well status
-- column drawn_length_ft: Length of the line as it is drawn [FT]
-- column published_length_ft: Length as the vendor states it [FT]
-- column heel_longitude: Longitude of the first point [DEG]
-- column heel_latitude: Latitude of the first point [DEG]
-- column toe_longitude: Longitude of the last point [DEG]
-- column toe_latitude: Latitude of the last point [DEG]
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
    round((st_length(geom_line::geography) / 0.3048)::numeric, 0)::double precision AS drawn_length_ft,
    round(lateral_length_ft::numeric, 0)::double precision AS published_length_ft,
    round(st_x(st_startpoint(geom_line))::numeric, 7)::double precision AS heel_longitude,
    round(st_y(st_startpoint(geom_line))::numeric, 7)::double precision AS heel_latitude,
    round(st_x(st_endpoint(geom_line))::numeric, 7)::double precision AS toe_longitude,
    round(st_y(st_endpoint(geom_line))::numeric, 7)::double precision AS toe_latitude,
    geom_line
FROM core.wells
WHERE deleted_at IS NULL AND geom_line IS NOT NULL AND trajectory IS DISTINCT FROM 'VERTICAL';
