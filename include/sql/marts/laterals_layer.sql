-- kind: view
-- inputs: wells
-- column operator: Enverus operator
-- column status: Enverus well status
-- Active wells as lines from the surface to the bottom hole, for maps.
SELECT
    objectid,
    well_id,
    completion_id,
    api_uwi_14,
    well_name,
    well_number,
    env_operator AS operator,
    env_well_status AS status,
    trajectory,
    formation,
    lateral_length_ft,
    md_ft,
    tvd_ft,
    spud_date::date AS spud_date,
    first_prod_date::date AS first_prod_date,
    geom_line
FROM core.wells
WHERE deleted_at IS NULL AND geom_line IS NOT NULL;
