-- inputs: active-rigs
-- unique: objectid
-- column rig_name: Name and number of the rig
-- column contractor: Drilling contractor
-- column operator: Enverus operator
-- column basin: Enverus basin
-- column play: Enverus play
-- column on_location_since: Day on which its job began
-- column days_on_location: Days since then, up to the newest change among all rigs [DAY]
-- column permitted_md_ft: Permitted measured depth [FT]
-- Rigs on location with operator, play, well and contractor; days on location up to the newest change among all rigs.
WITH as_of AS MATERIALIZED (
    SELECT max(updated_date)::date AS day FROM core.active_rigs
)

SELECT
    r.objectid,
    r.env_rig_id,
    r.rig_name_number AS rig_name,
    r.contractor_name AS contractor,
    r.rig_class,
    r.land_offshore,
    r.env_operator AS operator,
    r.env_basin AS basin,
    r.env_play AS play,
    r.state_province,
    r.county,
    r.well_id,
    r.api_uwi_unformatted,
    r.well_number,
    r.well_type,
    r.trajectory,
    r.target_formation,
    r.permit_number,
    r.rig_job_start_date::date AS on_location_since,
    CASE
        WHEN isfinite(r.rig_job_start_date) THEN greatest(a.day - r.rig_job_start_date::date, 0)
    END AS days_on_location,
    r.spud_date::date AS spud_date,
    r.permitted_measured_depth_ft AS permitted_md_ft,
    r.permitted_water_depth_ft,
    r.geom_point
FROM core.active_rigs AS r
CROSS JOIN as_of AS a
WHERE r.deleted_at IS NULL;
