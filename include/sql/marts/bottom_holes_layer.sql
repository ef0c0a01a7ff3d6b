-- kind: view
-- inputs: wells
-- column operator: Enverus operator
-- column status: Enverus well status
-- column geom_point: Bottom-hole location
-- Active wells at their bottom holes, for maps.
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
    bottom_hole_formation_name,
    bottom_hole_age,
    md_ft,
    tvd_ft,
    bottom_hole_temp_degf,
    geom_bhl_point AS geom_point
FROM core.wells
WHERE deleted_at IS NULL AND geom_bhl_point IS NOT NULL;
