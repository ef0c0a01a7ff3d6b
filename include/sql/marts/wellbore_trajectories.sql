-- inputs: full-directional-surveys, wellbore-headers
-- unique: objectid
-- column operator: Enverus operator
-- column play: Enverus play
-- column wellbore_type: Enverus wellbore type
-- column stations: Stations of the survey
-- column surveyed_md_ft: Measured depth of the last station [FT]
-- column surveyed_tvd_ft: Greatest true vertical depth [FT]
-- column farthest_closure_ft: Greatest horizontal distance from the surface location [FT]
-- column steepest_inclination_deg: Greatest inclination from the vertical [DEG]
-- column sharpest_dog_leg_deg_per_100ft: Greatest dog leg severity [DEG/100FT]
-- column geom_line: Course of the wellbore; Z is the subsea elevation [FT]
-- One line a surveyed wellbore through its stations from top to bottom; Z is the subsea elevation in feet.
SELECT
    h.objectid,
    h.wellbore_id,
    h.well_id,
    h.api_uwi_12_unformatted,
    h.env_operator AS operator,
    h.env_play AS play,
    h.env_wellbore_type AS wellbore_type,
    h.trajectory,
    count(*) AS stations,
    round(max(s.measured_depth_ft)::numeric, 0)::double precision AS surveyed_md_ft,
    round(max(s.tvd_ft)::numeric, 0)::double precision AS surveyed_tvd_ft,
    max(s.closure_ft) AS farthest_closure_ft,
    round(max(s.inclination_deg)::numeric, 2)::double precision AS steepest_inclination_deg,
    round(max(s.dog_leg_severity_deg_per_100ft)::numeric, 2)::double precision AS sharpest_dog_leg_deg_per_100ft,
    st_makeline(s.geom_point ORDER BY s.measured_depth_ft, s.station_number)::GEOMETRY (LINESTRINGZ, 4326) AS geom_line
FROM core.full_directional_surveys AS s
INNER JOIN core.wellbore_headers AS h ON s.api_uwi_12_unformatted = h.api_uwi_12_unformatted
WHERE
    s.deleted_at IS NULL AND s.geom_point IS NOT NULL AND s.measured_depth_ft IS NOT NULL AND h.deleted_at IS NULL
GROUP BY h.id
HAVING count(*) > 1;
