-- kind: view
-- inputs: wells
-- column operator: Enverus operator
-- column status: Enverus well status
-- column well_type: Enverus well type
-- column basin: Enverus basin
-- column play: Enverus play
-- Active wells at their surface locations, for maps.
SELECT
    objectid,
    well_id,
    completion_id,
    api_uwi_14,
    well_name,
    well_number,
    env_operator AS operator,
    env_well_status AS status,
    env_well_type AS well_type,
    trajectory,
    env_basin AS basin,
    env_play AS play,
    formation,
    field,
    county,
    state_province,
    md_ft,
    tvd_ft,
    water_depth,
    spud_date::date AS spud_date,
    completion_date::date AS completion_date,
    first_prod_date::date AS first_prod_date,
    plug_date::date AS plug_date,
    geom_point
FROM core.wells
WHERE deleted_at IS NULL AND geom_point IS NOT NULL;
