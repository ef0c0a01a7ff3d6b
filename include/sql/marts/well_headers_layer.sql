-- kind: view
-- inputs: well-headers
-- column operator: Enverus operator
-- column status: Enverus well status
-- column well_type: Enverus well type
-- column basin: Enverus basin
-- column play: Enverus play
-- Active well headers at their surface locations, for maps.
SELECT
    objectid,
    well_id,
    api_uwi,
    well_name,
    well_number,
    env_operator AS operator,
    initial_operator,
    env_well_status AS status,
    env_well_type AS well_type,
    env_basin AS basin,
    env_play AS play,
    field,
    lease_name,
    county,
    state_province,
    water_depth,
    permit_approved_date::date AS permit_approved_date,
    spud_date::date AS spud_date,
    first_prod_date::date AS first_prod_date,
    plug_date::date AS plug_date,
    geom_point
FROM core.well_headers
WHERE deleted_at IS NULL AND geom_point IS NOT NULL;
